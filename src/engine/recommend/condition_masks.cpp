#include "engine/recommend/condition_masks.h"

#include "engine/recommend/item_sight.h"

#include <algorithm>
#include <utility>

namespace attune::engine {
namespace {

constexpr std::size_t kKeptMax = 64;
constexpr std::size_t kBytesMax = std::size_t{64} << 20;
// Items times boosts that are looked at in one go, a tenth of a second; above it each answer looks at its candidates.
constexpr std::size_t kBoostedMax = 400'000;

using Mask = PlacementMasks::Mask;

// What held before holds for the items that are still the same. A condition that takes too much work does not hold.
Mask mask_after(const Logic& condition, const CatalogueSnapshot& now,
                const CatalogueSnapshot* before, const Mask& then) {
    ItemSight sight(now, {}, ItemReads::of(condition));
    const LogicMember roots[] = {{"item", sight.data()}};
    const LogicRecord data{.members = roots, .rest = {}, .depth = 3};
    const auto holds = [&](ItemNumber number) {
        sight.show(number);
        return condition.holds({.data = LogicValue(data)}).value_or(false);
    };
    std::vector<std::uint64_t> words;
    std::vector<std::pair<ItemNumber, ItemNumber>> runs{{0, now.width()}};
    const bool is_known = then && then->items() <= now.width();
    if (is_known) {
        words.assign(then->words().begin(), then->words().end());
        runs = now.changed_since(*before);
    }
    words.resize((std::size_t{now.width()} + 63) / 64);
    learn::ItemMask mask(std::move(words), now.width());
    for (const auto& [first, past] : runs)
        for (ItemNumber number = first; number < past; ++number) {
            const CatalogueItem* item = now.item(number);
            if (is_known && number < before->width() && before->item(number) == item) continue;
            if (item != nullptr && holds(number))
                mask.allow(number);
            else
                mask.forbid(number);
        }
    return std::make_shared<const learn::ItemMask>(std::move(mask));
}

Mask filter_after(const CompiledPlacement& placement, const CatalogueSnapshot& now,
                  const CatalogueSnapshot* before, const Mask& then) {
    if (!placement.is_filter_of_items) return nullptr;
    return mask_after(*placement.filter, now, before, then);
}

std::size_t bytes_of(const PlacementMasks& masks) {
    std::size_t bytes = masks.filter ? masks.filter->words().size_bytes() : 0;
    for (const Mask& one : masks.boosts) bytes += one ? one->words().size_bytes() : 0;
    return bytes;
}

PlacementMasks masks_of(const CompiledPlacement& placement, const CatalogueSnapshot& now,
                        const CatalogueSnapshot* before, const PlacementMasks* then) {
    PlacementMasks masks;
    masks.filter = filter_after(placement, now, before, then ? then->filter : nullptr);
    masks.boosts.resize(placement.boosts.size());
    if (placement.boosts.size() * now.width() > kBoostedMax) return masks;
    for (std::size_t i = 0; i < masks.boosts.size(); ++i)
        if (placement.boosts[i].is_of_items)
            masks.boosts[i] = mask_after(placement.boosts[i].condition, now, before,
                                         then ? then->boosts[i] : nullptr);
    return masks;
}

}  // namespace

void ConditionMasks::keep(Kept kept) {
    std::list<Kept> gone;  // freed without the lock
    const base::MutexLock lock(mutex_);
    const auto at = std::ranges::find(kept_, kept.placement, &Kept::placement);
    if (at != kept_.end()) gone.splice(gone.begin(), kept_, at);
    kept_.push_front(std::move(kept));
    std::size_t bytes = 0;
    std::size_t count = 0;
    auto last = kept_.begin();
    while (last != kept_.end() && count < kKeptMax) {
        bytes += bytes_of(*last->masks);
        if (count > 0 && bytes > kBytesMax) break;
        ++count;
        ++last;
    }
    gone.splice(gone.begin(), kept_, last, kept_.end());
}

std::shared_ptr<const PlacementMasks> ConditionMasks::once(const CompiledPlacement& placement,
                                                           const CatalogueSnapshot& catalogue) {
    PlacementMasks masks;
    masks.filter = filter_after(placement, catalogue, nullptr, nullptr);
    masks.boosts.resize(placement.boosts.size());
    return std::make_shared<const PlacementMasks>(std::move(masks));
}

std::shared_ptr<const PlacementMasks> ConditionMasks::of(
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
    if (found.masks && found.catalogue == catalogue) return found.masks;
    auto masks = std::make_shared<const PlacementMasks>(
        masks_of(*placement, *catalogue, found.catalogue.get(), found.masks.get()));
    keep({placement, catalogue, masks});
    return masks;
}

}  // namespace attune::engine
