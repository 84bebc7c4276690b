#include "engine/outcomes/item_tallies.h"

#include <algorithm>
#include <iterator>
#include <span>

namespace attune::engine {
namespace {

base::Time last_time(std::span<const learn::Tally> block) {
    return std::ranges::max_element(block, {}, &learn::Tally::at)->at;
}

}  // namespace

learn::Tally ItemTallies::of(ItemNumber item, base::Time now) const {
    const std::size_t number = item / kShelfItems;
    const auto found = std::ranges::lower_bound(shelves_, number, {}, &Shelves::value_type::first);
    if (found == shelves_.end() || found->first != number) return {};
    const Block* block = (*found->second)[item / kBlockItems % kShelfBlocks].get();
    if (block == nullptr) return {};
    learn::Tally tally = (*block)[item % kBlockItems];
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
    const bool was_told = changed == changed_.end() || *changed != number;
    if (was_told) changed_.insert(changed, number);
    if (!block->second)
        block->second = std::make_shared<ItemTallies::Block>();
    else if (was_told)  // somebody may be reading it
        block->second = std::make_shared<ItemTallies::Block>(*block->second);
    told_.reset();
    return &(*block->second)[item % ItemTallies::kBlockItems];
}

void ItemTalliesWriter::append_last_times(std::vector<base::Time>& times) const {
    for (const auto& [number, block] : blocks_) times.push_back(last_time(*block));
}

std::size_t ItemTalliesWriter::forget(base::Time until, std::size_t most) {
    std::vector<std::size_t> forgotten;
    std::erase_if(blocks_, [&](const auto& one) {
        if (forgotten.size() == most || last_time(*one.second) > until) return false;
        forgotten.push_back(one.first);
        return true;
    });
    if (forgotten.empty()) return 0;
    std::vector<std::size_t> changed;
    std::ranges::set_union(changed_, forgotten, std::back_inserter(changed));
    changed_ = std::move(changed);
    told_.reset();
    return forgotten.size();
}

void ItemTalliesWriter::fill_shelf(std::size_t number) {
    auto shelf = std::make_shared<ItemTallies::Shelf>();
    const std::size_t first = number * ItemTallies::kShelfBlocks;
    bool is_empty = true;
    for (auto block = blocks_.lower_bound(first);
         block != blocks_.end() && block->first < first + ItemTallies::kShelfBlocks; ++block) {
        (*shelf)[block->first - first] = block->second;
        is_empty = false;
    }
    const auto at =
        std::ranges::lower_bound(shelves_, number, {}, &ItemTallies::Shelves::value_type::first);
    const bool is_there = at != shelves_.end() && at->first == number;
    if (is_empty && is_there) shelves_.erase(at);
    if (is_empty) return;
    if (is_there)
        at->second = std::move(shelf);
    else
        shelves_.emplace(at, number, std::move(shelf));
}

std::shared_ptr<const ItemTallies> ItemTalliesWriter::told() {
    if (told_) return told_;
    auto told = std::make_shared<ItemTallies>();
    told->memory_ = memory_;
    told->all_ = all_;
    for (std::size_t i = 0; i < changed_.size(); ++i) {
        const std::size_t number = changed_[i] / ItemTallies::kShelfBlocks;
        if (i == 0 || changed_[i - 1] / ItemTallies::kShelfBlocks != number) fill_shelf(number);
    }
    told->shelves_ = shelves_;
    changed_.clear();
    told_ = std::move(told);
    return told_;
}

}  // namespace attune::engine
