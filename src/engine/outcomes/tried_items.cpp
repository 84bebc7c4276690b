#include "engine/outcomes/tried_items.h"

namespace attune::engine {
namespace {

bool is_left_to_chance(const OpenList& list, std::size_t slot) {
    return slot < list.from.size() && list.from[slot] == "explored";
}

}  // namespace

std::shared_ptr<const TriedItems> TriedInForce::find(std::string_view placement) const {
    const auto found = all_.find(placement);
    return found == all_.end() ? nullptr : found->second;
}

void TriedCounts::shown(const OpenList& list) {
    for (std::size_t slot = 0; slot < list.items.size(); ++slot) {
        if (!is_left_to_chance(list, slot)) continue;
        auto placement = placements_.find(list.scheme->placement);
        if (placement == placements_.end()) {
            if (placements_.size() >= kPlacementsMax) return;
            placement =
                placements_.emplace(list.scheme->placement, ItemTalliesWriter(kTriedMemory)).first;
        }
        ItemTalliesWriter& tried = placement->second;
        const bool is_new_block = !tried.has_block(list.items[slot]);
        learn::Tally* tally = tried.at(list.items[slot], blocks_ < kBlocksMax);
        if (tally == nullptr) continue;
        if (is_new_block) ++blocks_;
        tally->show(list.time, kTriedMemory);
        tried.all().show(list.time, kTriedMemory);
        in_force_.reset();
    }
}

// Once a list, however much more is done with the item then.
void TriedCounts::answered(const OpenList& list, const ListAnswer& answer) {
    if (answer.before > 0 || !is_left_to_chance(list, answer.slot)) return;
    const auto placement = placements_.find(list.scheme->placement);
    if (placement == placements_.end()) return;
    learn::Tally* tally = placement->second.at(list.items[answer.slot], false);
    if (tally == nullptr) return;  // there was no room when it was shown
    tally->reward(1, list.time, kTriedMemory);
    placement->second.all().reward(1, list.time, kTriedMemory);
    in_force_.reset();
}

std::shared_ptr<const TriedInForce> TriedCounts::in_force() {
    if (in_force_) return in_force_;
    TriedInForce::ByPlacement all;
    for (auto& [id, tried] : placements_) all.emplace(id, tried.told());
    in_force_ = std::make_shared<const TriedInForce>(std::move(all));
    return in_force_;
}

}  // namespace attune::engine
