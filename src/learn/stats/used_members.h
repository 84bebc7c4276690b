// Whether a request says only what its answer looks at. compare() passes over members that its metric and its method have no
// use for; whoever wrote them by hand believes that they count.
//
//     ATTUNE_TRY(const auto request, base::from_json<ComparisonRequest>(line));
//     ATTUNE_TRY_VOID(check_members(request));      // "/control/denominator_sum: says nothing about a mean: leave it out"
//
// Pure function.
#pragma once

#include "learn/stats/comparison.h"

namespace attune::learn {

// invalid_argument names the first member that is there in vain, or contradicts another one that says the same.
[[nodiscard]] Result<void> check_members(const ComparisonRequest& request);

}  // namespace attune::learn
