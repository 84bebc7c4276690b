// Parts of an answer as they are written: its items, what of the question could not be done, what was left out of an order.
#pragma once

#include "engine/recommend/arrange.h"
#include "engine/recommend/candidates.h"
#include "engine/recommend/fallback.h"

#include <span>
#include <string>

namespace attune::engine {

// "items": […]. `reasons` is empty, or one for each slot.
void append_items(std::string& out, const Asking& asking, const Candidates& candidates,
                  std::span<const Slot> slots, std::span<const std::string> reasons,
                  bool with_items);

// ,"fallbacks": […]
void append_fallbacks(std::string& out, const Fallbacks& fallbacks);

// ,"left_out": [{"item_id": "a7", "why": "unknown"}, …]: which of those that were to be put in order are in no slot. Why: "unknown"
// to the catalogue, "not_open" now, "disliked", "seen" (the placement's exclude_seen), "held_back" (its filter or caps), "repeated".
void append_left_out(std::string& out, const CompiledPlacement& placement, const Asking& asking,
                     std::span<const Slot> slots, std::span<const std::string> among);

}  // namespace attune::engine
