// What came of a bandit, from the sums of its learner; and the results of its experiment told accordingly.
//
// The mean of an arm is Hájek's estimate Σ w·r / Σ w with w = 1/probability, and its interval the normal one (95 %). It holds
// where the floor keeps the weights bounded, and for one look: it is not the sequential interval of experiments whose weights
// are fixed, and no other comparison of a bandit's arms is answered. Pure functions.
#pragma once

#include "engine/bandit/bandit_learner.h"
#include "engine/experiment/results.h"

#include <vector>

namespace attune::engine {

[[nodiscard]] BanditResults summary_of(const domain::Experiment& experiment,
                                       const std::vector<WeighedSums>& sums,
                                       const BanditState& state);

// Whether the arms were drawn as often as the probabilities that were logged say: for each, Σ 1/probability over its draws
// is, give or take, the number of all draws. The worst arm's deviation, its p-value corrected for their number.
[[nodiscard]] SampleRatioCheck draw_ratio_of(const std::vector<WeighedSums>& sums);

// What was computed as for fixed weights is replaced: expected units, the sample-ratio check, the comparisons (by a
// problem that says where to look) and the verdict: "shift", to the variant that is drawn most, or "check".
void tell_as_bandit(const domain::Experiment& experiment, const std::vector<WeighedSums>& sums,
                    BanditResults summary, ExperimentResults& results);

}  // namespace attune::engine
