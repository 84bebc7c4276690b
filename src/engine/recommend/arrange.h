// Arranging: which of the scored candidates stands in which slot. The best go first; what is pinned stands in its slot; of one
// brand, category or tag there are no more than the cap; each is unlike those before it, as far as the placement asks for that;
// and the last slots may be left to chance.
//
//     const auto slots = arrange(placement, asking, ranked, {.limit = 10, .unit = "ann-session-7"});
//
// Pure: the same input gives the same slots. A slot's probability is that of just this item in it, given those before it.
#pragma once

#include "engine/recommend/asking.h"
#include "engine/recommend/candidates.h"

#include <string_view>
#include <vector>

namespace attune::engine {

enum class SlotKind : std::uint8_t { ranked, pinned, explored };

struct Slot {
    ItemNumber item = 0;
    SlotKind kind = SlotKind::ranked;
    double probability = 1;
};

struct Arranging {
    std::size_t limit = 10;
    // Who or what chance is drawn for; empty: nothing is left to chance.
    std::string_view unit;
    // Those of the placement that hold here, by slot; what may not be shown at all is not among them.
    std::vector<std::pair<std::uint32_t, ItemNumber>> pins;
};

// `ranked` is in descending order of its scores.
[[nodiscard]] std::vector<Slot> arrange(const CompiledPlacement& placement, const Asking& asking,
                                        std::span<const Candidate> ranked,
                                        const Arranging& arranging);

}  // namespace attune::engine
