// What Segment's e-commerce properties mean to Attune: which item, and what it was worth.
#pragma once

#include "base/json.h"

#include <optional>
#include <string>
#include <string_view>

namespace attune::api::segment {

struct CommerceFacts {
    std::optional<std::string>
        item_id;                  // product_id, else sku. Products in a list stay in the properties
    std::optional<double> value;  // what was paid, or the rating
};

[[nodiscard]] CommerceFacts commerce_facts(std::string_view event, base::JsonView properties);

}  // namespace attune::api::segment
