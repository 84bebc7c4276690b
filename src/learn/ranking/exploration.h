// Exploration: some places of a list go to candidates by chance, so that what is new or uncertain is shown often enough to be
// known. The probability with which each was shown is exact, so the log can later say what another choice would have earned
// (learn/policy).
//
//     ATTUNE_TRY(const auto chances, exploration_chances(weights, 2, 0.002));
//     for (const Explored& one : explore(chances, 2, seed)) …      // one a place; log one.propensity
//
// Pure functions: the same chances and seed give the same choice.
#pragma once

#include "base/result.h"

#include <cstdint>
#include <span>
#include <vector>

namespace attune::learn {

struct Explored {
    std::uint32_t candidate = 0;
    double shown = 1;       // the probability that it is in one of the places
    double propensity = 1;  // the probability that it is in this one: shown / places
};

// The probability of each candidate to be in one of `places`; they sum to the places, or all are 1 where there are no more
// candidates than that. Each has at least `floor`, what is left goes by weight, and what would exceed 1 goes to the others. Weights
// all zero are all alike. invalid_argument where a weight is negative or not finite, or floor is not 0 to places / candidates.
[[nodiscard]] Result<std::vector<double>> exploration_chances(std::span<const double> weights,
                                                              std::size_t places, double floor);

// Draws as many different candidates as there are places (or are candidates), each with exactly its chance: systematic
// sampling (Madow, 1949) of the candidates in random order, where one random number decides all, and then a random order of those drawn.
// Drawing one after the other without replacement would be simpler, but then the chance of being shown at all is a sum over all orders.
[[nodiscard]] std::vector<Explored> explore(std::span<const double> chances, std::size_t places,
                                            std::uint64_t seed);

// The weights of a softmax: exp(score / temperature), relative to the best. A small temperature keeps to the best.
[[nodiscard]] std::vector<double> softmax_weights(std::span<const float> scores,
                                                  double temperature);

}  // namespace attune::learn
