// What a decision keeps of how its list came about: what each source made of each item, the weights the placement was written with,
// who brought each item to its slot, what the list is like as a whole, and all that a ranker is told (ranking_features.h). Outcomes learns and counts from it (shown_list.h).
//
//     {"sources": ["model", "popular"], "written": [0.6, 0.4], "rows": [[0.81, 0.1], …], "from": ["model", "pinned", …],
//      "list": {"diversity": 0.7, "novelty": 0.31, "popularity": 0.2},
//      "ranking": {"names": ["people", …], "rows": [[3.1, …], …], "shared": {"hour": 9, …}}}
#pragma once

#include "base/json_text.h"
#include "engine/recommend/arrange.h"
#include "engine/recommend/candidates.h"
#include "engine/recommend/ranking.h"

#include <span>

namespace attune::engine {

[[nodiscard]] base::JsonText decision_features(const CompiledPlacement& placement,
                                               const Asking& asking, const Ranking& ranking,
                                               const Candidates& candidates,
                                               std::span<const Slot> slots);

}  // namespace attune::engine
