// Fact vectors: what is known of items as vectors whose cosine says how alike they are by their nature. Four parts, each a unit
// vector where an item has it, and each with its share of the whole:
//
//     text       words by TF-IDF: (1 + log count) × log(items ÷ items with it), and a little more
//     labels     alike, each once, by log(1 + items ÷ items with it)
//     numbers    price and named numbers, by the rank among the items that have them: two neighbouring tenths share each
//                value, so that 9.99 and 10.01 are alike wherever a border lies
//     embedding  as given
//
// Immutable once made. The same facts give the same vectors.
#pragma once

#include "base/keyed_hash.h"
#include "learn/recommend/interactions.h"
#include "learn/recommend/item_facts.h"

#include <string>

namespace attune::learn {

struct FactShares {
    double text = 1;
    double labels = 1;
    double numbers = 0.3;
    double embedding = 1;
};

struct FactVectors {
    SparseRows terms;               // items by terms
    std::vector<float> embeddings;  // items by `dimensions`, zeros where an item has none
    std::uint32_t dimensions =
        0;  // as many as the first item with an embedding has; others of another length are left out
    // Which column of `terms` a label has.
    base::KeyedMap<std::string, std::uint32_t> labels;
};

[[nodiscard]] FactVectors fact_vectors(const ItemFacts& facts, const FactShares& shares);

}  // namespace attune::learn
