// From values to what a comparison of quantiles needs. A quantile cannot be had from sums; here are all
// the values of a variant, one a person.
//
//     ATTUNE_TRY(request.control, quantile_sample(load_times, 0.9));   // the 90th percentile
#pragma once

#include "base/result.h"
#include "learn/stats/comparison.h"

#include <cstdint>
#include <span>

namespace attune::learn {

// The sample's quantile at `level` and at the ends of the 95 % interval for its rank, interpolated
// linearly between neighbours (numpy.quantile's default). Reorders `values`; linear time. Fails when
// there are none, one is no finite number, or the level is not between 0 and 1; whether they are enough
// for the level is for compare() to say.
[[nodiscard]] Result<Sample> quantile_sample(std::span<double> values, double level);

// How many people of each variant it takes until intervals of a quantile hold what they promise, also when they are looked at
// all the time: 25 on either side of it (docs/statistics.md has what was measured).
[[nodiscard]] std::uint64_t people_for_quantile(double level);

}  // namespace attune::learn
