#include "engine/outcomes/tried_items.h"

#include <algorithm>
#include <vector>

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
        if (!tried.has_block(list.items[slot])) {
            while (blocks_ >= kBlocksMax) make_room();
            ++blocks_;
        }
        tried.at(list.items[slot])->show(list.time, kTriedMemory);
        tried.all().show(list.time, kTriedMemory);
        in_force_.reset();
    }
}

// An eighth at once, so that looking through all of them is seldom. Of the log alone: reading it again forgets the same.
void TriedCounts::make_room() {
    std::vector<base::Time> tried_last;
    tried_last.reserve(blocks_);
    for (const auto& [id, tried] : placements_) tried.append_last_times(tried_last);
    const std::size_t eighth = blocks_ / 8;
    const auto at = tried_last.begin() + static_cast<std::ptrdiff_t>(eighth);
    std::ranges::nth_element(tried_last, at);
    const base::Time until = *at;
    const std::size_t wanted = blocks_ - eighth;
    for (auto& [id, tried] : placements_) blocks_ -= tried.forget(until, blocks_ - wanted);
}

// Once a list, however much more is done with the item then.
void TriedCounts::answered(const OpenList& list, const ListAnswer& answer) {
    if (answer.before > 0 || !is_left_to_chance(list, answer.slot)) return;
    const auto placement = placements_.find(list.scheme->placement);
    if (placement == placements_.end()) return;
    learn::Tally* tally = placement->second.at(list.items[answer.slot], false);
    if (tally == nullptr) return;  // forgotten since it was shown
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
