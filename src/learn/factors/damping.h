// Damping: a matrix of people by items in which who touched much and what was touched much counts less,
//
//     value(person, item) = weight^emphasis ÷ ( people_sums[person]^person_damping · item_sums[item]^item_damping )
//
// At 0.5 and 0.5 it is the normalised adjacency of the graph of people and items.
#pragma once

#include "learn/recommend/interactions.h"

#include <vector>

namespace attune::learn {

struct Damping {
    float emphasis = 0.5F;
    float person = 0.5F;
    float item = 0.5F;
};

struct DampedRows {
    SparseRows rows;               // people by items
    std::vector<float> item_sums;  // of weight^emphasis
};

[[nodiscard]] DampedRows damped(const Interactions& interactions, const Damping& damping);

// weight^emphasis, above zero for a weight above zero.
[[nodiscard]] float emphasised(float weight, float emphasis);

}  // namespace attune::learn
