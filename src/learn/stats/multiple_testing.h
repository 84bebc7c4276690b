// Many metrics or segments looked at together: p-values adjusted so that the whole family, not each
// test, keeps its error. An adjusted p-value is compared with alpha as a plain one would be.
//
//     auto adjusted = holm(std::vector{0.01, 0.04, 0.03});   // {0.03, 0.06, 0.06}
//
// Pure functions. A p-value that is no number between 0 and 1 is invalid_argument naming its place
// ("/p_values/2").
#pragma once

#include "base/result.h"

#include <span>
#include <vector>

namespace attune::learn {

// Holm (1979): the chance of even one false claim among all is at most alpha, under any dependence.
// For a handful of metrics that a decision hangs on.
[[nodiscard]] Result<std::vector<double>> holm(std::span<const double> p_values);

// Benjamini and Hochberg (1995): among the claims made, at most a share alpha is false on average,
// for independent or positively dependent tests. For breaking a result down into many segments.
[[nodiscard]] Result<std::vector<double>> benjamini_hochberg(std::span<const double> p_values);

}  // namespace attune::learn
