#include "engine/recommend/filter_masks.h"

#include "engine/recommend/item_sight.h"

#include <algorithm>

namespace attune::engine {
namespace {

// What passed before counts for the items that are still the same. One whose condition takes too much work does not pass.
learn::ItemMask mask_after(const CompiledPlacement& placement, const CatalogueSnapshot& now,
                           const CatalogueSnapshot* before, const learn::ItemMask* passed) {
    ItemSight sight(now, {}, placement.filter_reads);
    const LogicMember roots[] = {{"item", sight.data()}};
    const LogicRecord data{.members = roots, .rest = {}, .depth = 3};
    const auto passes = [&](ItemNumber number) {
        sight.show(number);
        return placement.filter->holds({.data = LogicValue(data)}).value_or(false);
    };
    learn::ItemMask mask(now.width(), false);
    for (ItemNumber number = 0; number < now.width(); ++number) {
        const CatalogueItem* item = now.item(number);
        if (item == nullptr) continue;
        const bool is_same =
            before != nullptr && number < before->width() && before->item(number) == item;
        if (is_same ? passed->allows(number) : passes(number)) mask.allow(number);
    }
    return mask;
}

}  // namespace

std::shared_ptr<const learn::ItemMask> FilterMasks::of(
    const std::shared_ptr<const CompiledPlacement>& placement,
    const std::shared_ptr<const CatalogueSnapshot>& catalogue) {
    Kept found;
    {
        const base::MutexLock lock(mutex_);
        const auto at = std::ranges::find(kept_, placement, &Kept::placement);
        if (at != kept_.end()) {
            kept_.splice(kept_.begin(), kept_, at);
            found = *at;
        }
    }
    if (found.mask && found.catalogue == catalogue) return found.mask;
    auto mask = std::make_shared<const learn::ItemMask>(
        mask_after(*placement, *catalogue, found.catalogue.get(), found.mask.get()));
    const base::MutexLock lock(mutex_);
    const auto at = std::ranges::find(kept_, placement, &Kept::placement);
    if (at != kept_.end()) kept_.erase(at);
    kept_.push_front({placement, catalogue, mask});
    if (kept_.size() > kKeptMax) kept_.pop_back();
    return mask;
}

}  // namespace attune::engine
