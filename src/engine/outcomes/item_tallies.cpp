#include "engine/outcomes/item_tallies.h"

#include <algorithm>
#include <span>

namespace attune::engine {
namespace {

base::Time last_time(std::span<const learn::Tally> block) {
    return std::ranges::max_element(block, {}, &learn::Tally::at)->at;
}

}  // namespace

learn::Tally ItemTallies::of(ItemNumber item, base::Time now) const {
    const std::size_t number = item / kBlockItems;
    const auto found = std::ranges::lower_bound(blocks_, number, {}, &Blocks::value_type::first);
    if (found == blocks_.end() || found->first != number) return {};
    learn::Tally tally = (*found->second)[item % kBlockItems];
    tally.age(now, memory_);
    return tally;
}

learn::Tally ItemTallies::of_all(base::Time now) const {
    learn::Tally tally = all_;
    tally.age(now, memory_);
    return tally;
}

learn::Tally* ItemTalliesWriter::at(ItemNumber item, bool makes) {
    const std::size_t number = item / ItemTallies::kBlockItems;
    auto block = blocks_.find(number);
    if (block == blocks_.end()) {
        if (!makes) return nullptr;
        block = blocks_.emplace(number, nullptr).first;
    }
    const auto changed = std::ranges::lower_bound(changed_, number);
    if (changed == changed_.end() || *changed != number) {
        // Somebody may be reading the one that was told.
        block->second = block->second ? std::make_shared<ItemTallies::Block>(*block->second)
                                      : std::make_shared<ItemTallies::Block>();
        changed_.insert(changed, number);
    }
    told_.reset();
    return &(*block->second)[item % ItemTallies::kBlockItems];
}

void ItemTalliesWriter::append_last_times(std::vector<base::Time>& times) const {
    for (const auto& [number, block] : blocks_) times.push_back(last_time(*block));
}

std::size_t ItemTalliesWriter::forget(base::Time until, std::size_t most) {
    std::size_t left = most;
    const std::size_t forgotten = std::erase_if(blocks_, [&](const auto& one) {
        if (left == 0 || last_time(*one.second) > until) return false;
        --left;
        return true;
    });
    if (forgotten == 0) return 0;
    std::erase_if(changed_, [&](std::size_t number) { return !blocks_.contains(number); });
    told_.reset();
    return forgotten;
}

std::shared_ptr<const ItemTallies> ItemTalliesWriter::told() {
    if (told_) return told_;
    auto told = std::make_shared<ItemTallies>();
    told->memory_ = memory_;
    told->all_ = all_;
    told->blocks_.assign(blocks_.begin(), blocks_.end());
    changed_.clear();
    told_ = std::move(told);
    return told_;
}

}  // namespace attune::engine
