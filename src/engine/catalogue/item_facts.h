// The catalogue as learners read it (learn/recommend/item_facts.h).
#pragma once

#include "engine/catalogue/catalogue_snapshot.h"
#include "learn/recommend/item_facts.h"

namespace attune::engine {

// One fact for each number below `items`, empty where there is no such item; hidden ones are known too, since what is hidden
// was liked once. Numbers in the attributes are its numbers. Its embedding is all of its vectors in the order of their names,
// each of length 1, so that none counts for more than another; zeros for a name that it has no vector of, and nothing when
// it has none at all. Copies all text: for training, not for a request.
[[nodiscard]] learn::ItemFacts item_facts(const CatalogueSnapshot& catalogue, ItemNumber items);

}  // namespace attune::engine
