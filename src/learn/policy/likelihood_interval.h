// Empirical-likelihood intervals (Owen 1988) for a ratio of means, Σa / Σb. They need no variance
// formula and lean to the side where the data does: importance-weighted rewards are mostly 0 with a
// few large values, where "estimate ± 1.96 errors" is too low on both ends.
//
//     value v is inside  ⇔  −2 ln R(v) ≤ q²,   R(v) = max ∏ n·pᵢ  with  pᵢ ≥ 0, Σpᵢ = 1, Σpᵢ(aᵢ − v·bᵢ) = 0
//
// With b all 1 this is the interval of a mean. q is Student's quantile for the effective number of
// rows, a little wider than χ² for few of them. Pure functions; linear time and no memory beyond the
// arguments.
#pragma once

#include <array>
#include <optional>
#include <span>

namespace attune::learn {

struct RatioEstimate {
    double value = 0;
    double standard_error = 0;  // by the delta method
    // Empty when the rows do not vary: nothing can then be said about chance.
    std::optional<std::array<double, 2>> interval;
};

// `b` is not negative and has a positive sum; both spans are as long and hold finite numbers.
[[nodiscard]] RatioEstimate estimate_ratio(std::span<const double> a, std::span<const double> b,
                                           double alpha, double effective_rows);

}  // namespace attune::learn
