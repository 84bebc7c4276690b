// The sample-ratio check: did the variants get the shares of people that they were meant to get? If
// not, somebody was lost or counted twice on one side, and no result of the experiment can be trusted.
//
//     auto check = check_sample_ratio(std::vector<std::uint64_t>{50'000, 51'000}, std::vector{1.0, 1.0});
//     check->p_value                        // 0.0016: something is wrong
//
// Pure functions.
#pragma once

#include "base/result.h"

#include <cstdint>
#include <span>

namespace attune::learn {

struct SampleRatio {
    double chi_square = 0;
    double degrees = 0;
    double p_value = 1;
};

// Pearson's chi-square of the counts against the weights, which need not sum to anything. Variants
// of weight 0 are left out, but must not have counts. Fails (invalid_argument) when the two lists
// differ in length, fewer than two variants have a weight, a weight is negative or no number, or
// somebody was counted in a variant of weight 0. Nobody counted yet: p_value 1.
[[nodiscard]] Result<SampleRatio> check_sample_ratio(std::span<const std::uint64_t> counts,
                                                     std::span<const double> weights);

}  // namespace attune::learn
