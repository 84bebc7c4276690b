// CatalogueItem: an item as it is kept in memory: what scans and filters look at taken apart, all else as the text that
// answers and conditions use. Embeddings are not in that text, for they would be most of it.
//
// Immutable once it is in a snapshot.
#pragma once

#include "base/json_text.h"
#include "base/time.h"
#include "domain/item.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace attune::engine {

// Of "category:games", "tag:puzzle" or "brand:acme", as CatalogueSnapshot names it.
using LabelNumber = std::uint32_t;

struct CatalogueItem {
    std::uint64_t version = 0;
    base::JsonText json;  // a domain::Item without embeddings and updated_at
    std::vector<LabelNumber>
        labels;  // its categories in their order, its brand, its tags; each once
    std::optional<double> price;
    std::optional<domain::GeoPoint> location;
    domain::Embeddings embeddings;
    base::Time created_at{};
    base::Time updated_at{};
    // In answers from the one on, up to the other.
    base::Time opens = base::Time::min();
    base::Time closes = base::Time::max();
    bool hidden = false;

    [[nodiscard]] bool is_open(base::Time now) const {
        return !hidden && opens <= now && now < closes;
    }
};

}  // namespace attune::engine
