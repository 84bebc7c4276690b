// ItemTallies: a tally for each of many items, and one of them all, told again and again while it grows: what did not change since
// is shared with what was told before.
//
//     ItemTalliesWriter writer(memory);
//     if (learn::Tally* one = writer.at(item)) one->show(now, memory);
//     const std::shared_ptr<const ItemTallies> told = writer.told();     // as it is now, for any thread
//
// ItemTallies are immutable and thread-safe; the writer is not.
#pragma once

#include "engine/numbers/item_numbers.h"
#include "learn/bandit/tally.h"

#include <array>
#include <map>
#include <memory>
#include <utility>
#include <vector>

namespace attune::engine {

class ItemTallies {
public:
    // As of `now`; nothing of an item that was never told of.
    [[nodiscard]] learn::Tally of(ItemNumber item, base::Time now) const;
    [[nodiscard]] learn::Tally of_all(base::Time now) const;
    // `look(item, tally)` for each that has trials, by number.
    void each(base::Time now, const auto& look) const {
        for (const auto& [number, shelf] : shelves_)
            for (std::size_t place = 0; place < kShelfItems; ++place) {
                const Block* block = (*shelf)[place / kBlockItems].get();
                if (block == nullptr || !((*block)[place % kBlockItems].trials > 0)) continue;
                learn::Tally tally = (*block)[place % kBlockItems];
                tally.age(now, memory_);
                look(static_cast<ItemNumber>(number * kShelfItems + place), tally);
            }
    }

private:
    friend class ItemTalliesWriter;

    static constexpr std::size_t kBlockItems = 64;
    static constexpr std::size_t kShelfBlocks = 16;
    static constexpr std::size_t kShelfItems = kShelfBlocks * kBlockItems;
    using Block = std::array<learn::Tally, kBlockItems>;
    // Blocks that are told together, so that a telling shares shelves rather than thousands of blocks.
    using Shelf = std::array<std::shared_ptr<const Block>, kShelfBlocks>;
    using Shelves = std::vector<std::pair<std::size_t, std::shared_ptr<const Shelf>>>;  // by number

    learn::Memory memory_;
    Shelves shelves_;
    learn::Tally all_;
};

class ItemTalliesWriter {
public:
    explicit ItemTalliesWriter(const learn::Memory& memory) : memory_(memory) {}

    // To be changed before the next telling. Makes a block of two kilobytes where the item has none, unless `makes` says not to: null
    // then.
    [[nodiscard]] learn::Tally* at(ItemNumber item, bool makes = true);
    [[nodiscard]] learn::Tally& all() { return all_; }
    [[nodiscard]] bool has_block(ItemNumber item) const {
        return blocks_.contains(item / ItemTallies::kBlockItems);
    }
    [[nodiscard]] std::size_t blocks() const { return blocks_.size(); }
    // Of each block, as of when the latest of its tallies is.
    void append_last_times(std::vector<base::Time>& times) const;
    // At most so many blocks that nothing was told of since `until`; all() keeps what they brought. How many they were.
    std::size_t forget(base::Time until, std::size_t most);

    // Made anew only after something changed.
    [[nodiscard]] std::shared_ptr<const ItemTallies> told();
    [[nodiscard]] const learn::Memory& memory() const { return memory_; }

private:
    friend class OutcomeSaver;
    friend class OutcomeLoader;

    void fill_shelf(std::size_t number);

    learn::Memory memory_;
    std::map<std::size_t, std::shared_ptr<ItemTallies::Block>> blocks_;
    ItemTallies::Shelves shelves_;      // as they were told last
    std::vector<std::size_t> changed_;  // blocks that nobody was told of as they are; sorted
    learn::Tally all_;
    std::shared_ptr<const ItemTallies> told_;
};

}  // namespace attune::engine
