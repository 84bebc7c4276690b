// Item: something that can be shown, bought, read or played.
#pragma once

#include "base/flat_map.h"
#include "base/json_text.h"
#include "base/time.h"

#include <optional>
#include <string>
#include <vector>

namespace attune::domain {

struct GeoPoint {
    double latitude = 0;  // in degrees
    double longitude = 0;
    friend bool operator==(const GeoPoint&, const GeoPoint&) = default;
};

// What models outside of Attune make of an item, by the name of what they looked at: "image", "text", "sound".
using Embeddings = base::FlatMap<std::string, std::vector<float>>;

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
    std::optional<GeoPoint> location;
    bool hidden = false;
    std::optional<base::Time> available_from;
    std::optional<base::Time> available_until;  // not at this time any more
    base::JsonText attributes;
    std::optional<Embeddings> embeddings;
    std::optional<base::Time> created_at;  // what "new" means
    std::optional<base::Time> updated_at;
};

}  // namespace attune::domain
