#include "engine/outcomes/tried_items.h"

#include <algorithm>

namespace attune::engine {
namespace {

bool is_left_to_chance(const OpenList& list, std::size_t slot) {
    return slot < list.from.size() && list.from[slot] == "explored";
}

learn::Tally as_of(learn::Tally tally, base::Time now) {
    tally.age(now, TriedItems::kMemory);
    return tally;
}

}  // namespace

TriedItems::Blocks::const_iterator TriedItems::find(const Blocks& blocks, std::size_t number) {
    const auto found = std::ranges::lower_bound(blocks, number, {}, &Blocks::value_type::first);
    return found != blocks.end() && found->first == number ? found : blocks.end();
}

learn::Tally TriedItems::of(ItemNumber item, base::Time now) const {
    const auto found = find(blocks_, item / kBlockItems);
    return found == blocks_.end() ? learn::Tally{}
                                  : as_of((*found->second)[item % kBlockItems], now);
}

learn::Tally TriedItems::of_all(base::Time now) const { return as_of(all_, now); }

std::shared_ptr<const TriedItems> TriedInForce::find(std::string_view placement) const {
    const auto found = all_.find(placement);
    return found == all_.end() ? nullptr : found->second;
}

learn::Tally* TriedCounts::tally_of(Placement& placement, ItemNumber item) {
    const std::size_t number = item / TriedItems::kBlockItems;
    auto block = placement.blocks.find(number);
    if (block == placement.blocks.end()) {
        if (blocks_ >= kBlocksMax) return nullptr;
        ++blocks_;
        block = placement.blocks.emplace(number, std::make_shared<TriedItems::Block>()).first;
        placement.changed.insert(std::ranges::lower_bound(placement.changed, number), number);
    }
    const auto changed = std::ranges::lower_bound(placement.changed, number);
    if (changed == placement.changed.end() || *changed != number) {
        // Somebody may be reading the one that was told.
        block->second = std::make_shared<TriedItems::Block>(*block->second);
        placement.changed.insert(changed, number);
    }
    placement.told.reset();
    in_force_.reset();
    return &(*block->second)[item % TriedItems::kBlockItems];
}

void TriedCounts::shown(const OpenList& list) {
    for (std::size_t slot = 0; slot < list.items.size(); ++slot) {
        if (!is_left_to_chance(list, slot)) continue;
        auto placement = placements_.find(list.scheme->placement);
        if (placement == placements_.end()) {
            if (placements_.size() >= kPlacementsMax) return;
            placement = placements_.emplace(list.scheme->placement, Placement{}).first;
        }
        learn::Tally* tally = tally_of(placement->second, list.items[slot]);
        if (tally == nullptr) continue;
        tally->show(list.time, TriedItems::kMemory);
        placement->second.all.show(list.time, TriedItems::kMemory);
    }
}

// Once a list, however much more is done with the item then.
void TriedCounts::answered(const OpenList& list, const ListAnswer& answer) {
    if (answer.before > 0 || !is_left_to_chance(list, answer.slot)) return;
    const auto placement = placements_.find(list.scheme->placement);
    if (placement == placements_.end()) return;
    const auto block =
        placement->second.blocks.find(list.items[answer.slot] / TriedItems::kBlockItems);
    if (block == placement->second.blocks.end()) return;  // there was no room when it was shown
    learn::Tally* tally = tally_of(placement->second, list.items[answer.slot]);
    tally->reward(1, list.time, TriedItems::kMemory);
    placement->second.all.reward(1, list.time, TriedItems::kMemory);
}

std::shared_ptr<const TriedInForce> TriedCounts::in_force() {
    if (in_force_) return in_force_;
    TriedInForce::ByPlacement all;
    for (auto& [id, placement] : placements_) {
        if (!placement.told) {
            auto told = std::make_shared<TriedItems>();
            told->all_ = placement.all;
            told->blocks_.assign(placement.blocks.begin(), placement.blocks.end());
            placement.told = std::move(told);
            placement.changed.clear();
        }
        all.emplace(id, placement.told);
    }
    in_force_ = std::make_shared<const TriedInForce>(std::move(all));
    return in_force_;
}

}  // namespace attune::engine
