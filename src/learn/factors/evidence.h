// Evidence: a history as factor models read it, each item once with the sum of its weights, as Interactions::matrix() gives
// it to those who learn. Items of a later catalogue and what sums to zero or less are left out.
#pragma once

#include "learn/recommend/interactions.h"

#include <vector>

namespace attune::learn {

struct Evidence {
    ItemIndex item = 0;
    float weight = 0;
};

// Ascending by item.
[[nodiscard]] std::vector<Evidence> evidence_of(History history, ItemIndex items);

}  // namespace attune::learn
