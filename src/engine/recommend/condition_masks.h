// ConditionMasks: which items meet the conditions of a placement, where these look at the item alone, so that the answer is the same
// for everybody: a bit an item, worked out once and from then on only for the items that changed.
//
//     const auto masks = all.of(placement, snapshot);          // 0.1 µs where nothing changed
//     if (masks->filter) allowed.intersect(*masks->filter);
//     if (masks->boosts[2]) lifts = masks->boosts[2]->allows(item);
//
// The first time of a placement takes some 0.3 µs an item and condition. Thread-safe. Bounded: the masks used last are kept.
#pragma once

#include "base/mutex.h"
#include "engine/catalogue/catalogue_snapshot.h"
#include "engine/recommend/compiled_placement.h"
#include "learn/recommend/item_mask.h"

#include <list>
#include <memory>
#include <vector>

namespace attune::engine {

struct PlacementMasks {
    using Mask = std::shared_ptr<const learn::ItemMask>;  // as wide as the catalogue
    Mask filter;  // null where it looks at more, or there is none
    // Of each boost; null where it looks at more, or where there are too many items to look at all of them.
    std::vector<Mask> boosts;
};

class ConditionMasks {
public:
    [[nodiscard]] std::shared_ptr<const PlacementMasks> of(
        const std::shared_ptr<const CompiledPlacement>& placement,
        const std::shared_ptr<const CatalogueSnapshot>& catalogue);
    // Of one that is asked once: its filter alone, and nothing is kept.
    [[nodiscard]] static std::shared_ptr<const PlacementMasks> once(
        const CompiledPlacement& placement, const CatalogueSnapshot& catalogue);

private:
    struct Kept {
        // Held, so that no other can come to be at their addresses.
        std::shared_ptr<const CompiledPlacement> placement;
        std::shared_ptr<const CatalogueSnapshot> catalogue;
        std::shared_ptr<const PlacementMasks> masks;
    };
    void keep(Kept kept);

    base::Mutex mutex_;
    std::list<Kept> kept_ ATTUNE_GUARDED_BY(mutex_);  // used last first
};

}  // namespace attune::engine
