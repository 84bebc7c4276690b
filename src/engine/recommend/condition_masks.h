// ConditionMasks: which items meet the conditions of a placement, where these look at the item alone, so that the answer is the same
// for everybody: a bit an item, worked out once and from then on only for the items that changed.
//
//     const auto masks = all.of(placement, snapshot, work);    // 0.1 µs where nothing changed
//     if (masks->filter) allowed.intersect(*masks->filter);
//     if (masks->boosts[2]) lifts = masks->boosts[2]->allows(item);
//
// The first time of a placement takes some 0.3 µs an item and condition. Where a request's work does not reach for all items, those
// that were not tried do not meet it yet, and the next request goes on where this one stopped: a costly condition delays nobody
// for long, and is worked out in the end. Thread-safe. Bounded: the masks used last are kept.
#pragma once

#include "base/mutex.h"
#include "engine/catalogue/catalogue_snapshot.h"
#include "engine/recommend/compiled_placement.h"
#include "engine/recommend/condition_work.h"
#include "learn/recommend/item_mask.h"

#include <list>
#include <memory>
#include <vector>

namespace attune::engine {

struct PlacementMasks {
    using Mask = std::shared_ptr<const learn::ItemMask>;  // as wide as the catalogue
    // How far one was worked out: items from `tried` on stand as if they did not meet it.
    struct Begun {
        Mask mask;
        ItemNumber tried = 0;

        [[nodiscard]] bool is_complete() const { return !mask || tried >= mask->items(); }
    };

    Mask filter;  // null where it looks at more, or there is none
    // Of each boost; null where it looks at more, where there are too many items to look at all of them, and before it was tried
    // on all of them.
    std::vector<Mask> boosts;
    ItemNumber filter_tried = 0;  // on items below it
    bool has_given_up = false;    // some items took too much work to be tried
    bool is_complete = true;      // all was tried that is to be
    std::vector<Begun> begun;     // of each boost
};

class ConditionMasks {
public:
    [[nodiscard]] std::shared_ptr<const PlacementMasks> of(
        const std::shared_ptr<const CompiledPlacement>& placement,
        const std::shared_ptr<const CatalogueSnapshot>& catalogue, ConditionWork& work);
    // Of one that is asked once: its filter alone, and nothing is kept.
    [[nodiscard]] static std::shared_ptr<const PlacementMasks> once(
        const CompiledPlacement& placement, const CatalogueSnapshot& catalogue,
        ConditionWork& work);

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
