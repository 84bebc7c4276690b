// A choice made at random, together with the probability it was made with. That probability is what
// lets a log be judged later under another policy (learn/policy), so it is not estimated: arms are
// drawn from the very numbers that are logged.
//
//     auto chances = thompson_bernoulli(arms, {});
//     ATTUNE_TRY_VOID(keep_exploring(*chances, 0.01));
//     const Choice choice = draw(*chances, random);    // log choice.arm and choice.propensity
//
// Pure functions; the same randomness gives the same choices.
#pragma once

#include "base/random.h"
#include "base/result.h"

#include <cstddef>
#include <span>
#include <vector>

namespace attune::learn {

inline constexpr std::size_t kArmsMax = 1'000;

struct Choice {
    std::size_t arm = 0;
    double propensity = 1;
};

// Gives every arm at least the probability `floor`, and scales what is above evenly: the policy never
// stops learning, and no arm's outcome can weigh more than 1/floor in an evaluation. Fails when floor
// is not between 0 and 1/arms.
[[nodiscard]] Result<void> keep_exploring(std::vector<double>& chances, double floor);

// Draws an arm; `chances` are not empty, not negative and sum to 1 (within rounding).
[[nodiscard]] Choice draw(std::span<const double> chances, base::Random& random);

// All of the probability on the best index, or evenly on those that tie for it.
[[nodiscard]] std::vector<double> greedy(std::span<const double> indices);

}  // namespace attune::learn
