// Scoring: one number for each candidate: what its sources make of it, by the ranking's weights or its ranker, lifted and buried by the
// placement's boosts; and who is out because the filter looks at more than the item.
#pragma once

#include "engine/logic/logic_value.h"
#include "engine/recommend/candidates.h"
#include "engine/recommend/compiled_placement.h"
#include "engine/recommend/condition_work.h"
#include "engine/recommend/ranking.h"

#include <vector>

namespace attune::engine {

// All boosts of an item together lift it no further than one alone may: numbers beyond that tell nothing, and those beyond any a
// client can hold would be errors.
inline constexpr double kLiftMax = 1'000;
[[nodiscard]] double boosted_by(const CompiledPlacement& placement, const Candidate& one);

// Leaves the candidates that pass, best first, of equals the lower number first. `surroundings` is what rules see. Where `work`
// is used up, the filter lets nobody through and no boost holds.
void score_candidates(const CompiledPlacement& placement, const Asking& asking,
                      const Ranking& ranking, LogicValue surroundings, ConditionWork& work,
                      std::vector<Candidate>& candidates);

}  // namespace attune::engine
