// LearnedExploration: what the slots of a placement that are left to chance have taught, in numbers. The structs are the wire form.
//
//     ranking.exploration = learned_exploration_of(*placement, outcomes.tried(tenant)->find(placement->id).get(), *catalogue, now);
#pragma once

#include "engine/catalogue/catalogue_snapshot.h"
#include "engine/outcomes/tried_items.h"
#include "engine/recommend/compiled_placement.h"

#include <optional>
#include <string>
#include <vector>

namespace attune::engine {

struct TriedItem {
    std::string item_id;
    double shown = 0;
    double chosen = 0;
    double expected = 0;  // how often it would be chosen
};

struct LearnedExploration {
    domain::PlacementExplorationBy by = domain::PlacementExplorationBy::uniform;
    std::uint32_t slots = 0;
    double share = 0;
    double shown = 0;
    double chosen = 0;
    std::uint64_t tried = 0;       // different items
    std::vector<TriedItem> items;  // the most promising first
};

inline constexpr std::size_t kTriedItemsTold = 20;

// Nothing where the placement leaves no slot to chance. `tried` may be null. It is learned whatever chance goes by, so that it can
// be seen what Thompson would go by.
[[nodiscard]] std::optional<LearnedExploration> learned_exploration_of(
    const CompiledPlacement& placement, const TriedItems* tried, const CatalogueSnapshot& catalogue,
    base::Time now);

}  // namespace attune::engine
