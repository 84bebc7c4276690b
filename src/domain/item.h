// Item: something that can be shown, bought, read or played.
#pragma once

#include "base/json_text.h"
#include "base/time.h"

#include <optional>
#include <string>
#include <vector>

namespace attune::domain {

struct Item {
    std::string id;
    std::optional<std::string> title;
    std::optional<std::string> description;
    std::vector<std::string> categories;
    std::vector<std::string> tags;
    std::optional<std::string> brand;
    std::optional<double> price;
    std::optional<std::string> currency;  // ISO 4217
    std::optional<std::string> image_url;
    std::optional<std::string> url;
    bool hidden = false;
    std::optional<base::Time> available_from;
    std::optional<base::Time> available_until;
    base::JsonText attributes;
    std::optional<base::Time> updated_at;
};

}  // namespace attune::domain
