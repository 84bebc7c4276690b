// Reasons: why an item stands where it stands, in numbers and in words: which sources spoke for it and how much, which of the
// person's own items and interests lie behind that, which of the placement's rules had a say.
#pragma once

#include "engine/recommend/arrange.h"
#include "engine/recommend/candidates.h"
#include "engine/recommend/ranking.h"

#include <span>
#include <string>
#include <vector>

namespace attune::engine {

// [{"kind": "source", "source": "after", "weight": 0.3, "share": 0.4, "because_of": ["i7"], "text": "…"}, …] for each slot, in the order of the slots.
[[nodiscard]] std::vector<std::string> reasons_of(const CompiledPlacement& placement,
                                                  const Asking& asking, const Ranking& ranking,
                                                  const Candidates& candidates,
                                                  std::span<const Slot> slots);

}  // namespace attune::engine
