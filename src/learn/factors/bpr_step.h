// One step of BPR, and the draws that it takes.
#pragma once

#include "learn/linear/random_matrix.h"
#include "learn/linear/vectors.h"

#include <algorithm>
#include <cmath>
#include <span>

namespace attune::learn {

struct BprRates {
    float learning = 0.05F;
    float regularization = 0.01F;
};

// How wrong it is to put `other` no lower than `touched`: 0 to 1. The last number of a vector is the item's bias, which a
// person's vector holds a 1 against.
[[nodiscard]] inline float bpr_error(std::span<const float> person, std::span<const float> touched,
                                     std::span<const float> other) {
    return 1 / (1 + std::exp(dot(person, touched) - dot(person, other)));
}

// Moves the person's vector, all but the 1.
inline void bpr_move_person(std::span<float> person, std::span<const float> touched,
                            std::span<const float> other, float error, const BprRates& rates) {
    for (std::size_t k = 0; k + 1 < person.size(); ++k)
        person[k] +=
            rates.learning * (error * (touched[k] - other[k]) - rates.regularization * person[k]);
}

// An item that is not among those touched, which are ascending; after a few tries any.
[[nodiscard]] inline std::uint32_t draw_other(std::span<const std::uint32_t> touched,
                                              std::uint32_t items, Draws& draws) {
    constexpr int kTries = 32;
    auto item = static_cast<std::uint32_t>(draws.below(items));
    for (int i = 0; i < kTries && std::ranges::binary_search(touched, item); ++i)
        item = static_cast<std::uint32_t>(draws.below(items));
    return item;
}

}  // namespace attune::learn
