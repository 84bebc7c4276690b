// Winsorising: values beyond a limit count as the limit. A handful of people with enormous orders
// can hide any effect in their noise; capping them costs a little bias and saves most of the noise.
//
//     auto limits = winsor_limits(spending, {.upper_share = 0.01});   // the top 1 % is capped
//     sums.add({.value = limits->apply(value)});
//
// The limits must be the same for all variants: take them from all people together, or fix them.
// Pure functions.
#pragma once

#include "base/result.h"

#include <algorithm>
#include <limits>
#include <span>

namespace attune::learn {

struct WinsorShares {
    double lower_share = 0;     // of the values, from the smallest
    double upper_share = 0;     // of the values, from the largest
    bool ignore_zeros = false;  // shares are of the values that are not 0
};

struct WinsorLimits {
    double low = -std::numeric_limits<double>::infinity();
    double high = std::numeric_limits<double>::infinity();

    [[nodiscard]] double apply(double value) const { return std::clamp(value, low, high); }
    bool operator==(const WinsorLimits&) const = default;
};

// The limits that cap ⌊share·count⌋ values at each end (as scipy.stats.mstats.winsorize counts
// them). Ties at a limit change nothing. Copies the values once; linear time. Fails when a value is
// no finite number or the shares are negative or sum to 1 or more; no values: no limits.
[[nodiscard]] Result<WinsorLimits> winsor_limits(std::span<const double> values,
                                                 const WinsorShares& shares);

}  // namespace attune::learn
