// LabelMasks: which items have a label, a bit each, kept for the labels that are asked for: worked out once, and from then on only for
// the blocks that changed. All snapshots of a catalogue share one. Internal to engine/catalogue.
//
//     const auto games = masks.of(number, blocks, width);          // 0.1 µs where nothing changed, 33 µs of 100,000 items at first
//
// Thread-safe. Bounded: the masks used last are kept, some four megabytes of them.
#pragma once

#include "base/mutex.h"
#include "engine/catalogue/item_block.h"
#include "engine/numbers/item_numbers.h"
#include "learn/recommend/item_mask.h"

#include <boost/unordered/unordered_flat_map.hpp>

#include <list>
#include <memory>
#include <vector>

namespace attune::engine {

using ItemBlocks = std::vector<std::shared_ptr<const ItemBlock>>;  // null: nothing there

class LabelMasks {
public:
    // Of items below `width`, as they are in these blocks.
    [[nodiscard]] std::shared_ptr<const learn::ItemMask> of(
        LabelNumber label, const std::shared_ptr<const ItemBlocks>& blocks, ItemNumber width);

private:
    struct Kept {
        LabelNumber label = 0;
        // Held, so that no other block can come to be at the address of one of them.
        std::shared_ptr<const ItemBlocks> blocks;
        std::shared_ptr<const learn::ItemMask> mask;
    };
    [[nodiscard]] Kept find(LabelNumber label);
    void keep(Kept kept);

    base::Mutex mutex_;
    std::list<Kept> kept_ ATTUNE_GUARDED_BY(mutex_);  // used last first
    boost::unordered_flat_map<LabelNumber, std::list<Kept>::iterator> places_
        ATTUNE_GUARDED_BY(mutex_);
};

}  // namespace attune::engine
