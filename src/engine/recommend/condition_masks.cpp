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
using Begun = PlacementMasks::Begun;
using Runs = std::vector<std::pair<ItemNumber, ItemNumber>>;

// What of a mask that was worked out for another catalogue is to be tried: what changed, and what never was.
Runs untried(const CatalogueSnapshot& now, const CatalogueSnapshot& before, ItemNumber tried) {
    Runs runs;
    for (const auto& [first, past] : now.changed_since(before))
        if (first < tried) runs.emplace_back(first, std::min(past, tried));
    runs.emplace_back(std::min(tried, now.width()), now.width());
    return runs;
}

// What held before holds for the items that are still the same. A condition that takes too much work does not hold.
Begun mask_after(const Logic& condition, const CatalogueSnapshot& now,
                 const CatalogueSnapshot* before, const Begun& then, ConditionWork& work) {
    ItemSight sight(now, {}, ItemReads::of(condition));
    const LogicMember roots[] = {{"item", sight.data()}};
    const LogicRecord data{.members = roots, .rest = {}, .depth = 3};
    const auto holds = [&](ItemNumber number) {
        sight.show(number);
        return work.holds(condition, {.data = LogicValue(data)});
    };
    const bool is_known = then.mask && then.mask->items() <= now.width();
    std::vector<std::uint64_t> words;
    if (is_known) words.assign(then.mask->words().begin(), then.mask->words().end());
    words.resize((std::size_t{now.width()} + 63) / 64);
    learn::ItemMask mask(std::move(words), now.width());
    const Runs runs = is_known ? untried(now, *before, then.tried) : Runs{{0, now.width()}};
    ItemNumber tried = now.width();
    for (const auto& [first, past] : runs)
        for (ItemNumber number = first; number < past; ++number) {
            const CatalogueItem* item = now.item(number);
            if (is_known && number < std::min(then.tried, before->width()) &&
                before->item(number) == item)
                continue;
            const bool meets = item != nullptr && holds(number);
            // What was cut off in the middle is tried again.
            if (work.is_used_up()) tried = std::min(tried, number);
            if (meets && number < tried)
                mask.allow(number);
            else
                mask.forbid(number);
        }
    return {std::make_shared<const learn::ItemMask>(std::move(mask)), tried};
}

void add_filter(const CompiledPlacement& placement, const CatalogueSnapshot& now,
                const CatalogueSnapshot* before, const Begun& then, ConditionWork& work,
                PlacementMasks& masks) {
    if (!placement.is_filter_of_items) return;
    Begun filter = mask_after(*placement.filter, now, before, then, work);
    masks.is_complete = filter.is_complete();
    masks.filter_tried = filter.tried;
    masks.filter = std::move(filter.mask);
}

std::size_t bytes_of(const PlacementMasks& masks) {
    std::size_t bytes = masks.filter ? masks.filter->words().size_bytes() : 0;
    for (const Begun& one : masks.begun) bytes += one.mask ? one.mask->words().size_bytes() : 0;
    return bytes;
}

PlacementMasks masks_of(const CompiledPlacement& placement, const CatalogueSnapshot& now,
                        const CatalogueSnapshot* before, const PlacementMasks* then,
                        ConditionWork& work) {
    PlacementMasks masks;
    const std::uint64_t given_up = work.given_up();
    add_filter(placement, now, before, then ? Begun{then->filter, then->filter_tried} : Begun{},
               work, masks);
    masks.has_given_up = work.given_up() > given_up || (then && then->has_given_up);
    masks.boosts.resize(placement.boosts.size());
    masks.begun.resize(placement.boosts.size());
    if (placement.boosts.size() * now.width() > kBoostedMax) return masks;
    for (std::size_t i = 0; i < masks.boosts.size(); ++i) {
        if (!placement.boosts[i].is_of_items) continue;
        masks.begun[i] = mask_after(placement.boosts[i].condition, now, before,
                                    then ? then->begun[i] : Begun{}, work);
        if (masks.begun[i].is_complete())
            masks.boosts[i] = masks.begun[i].mask;
        else
            masks.is_complete = false;
    }
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
                                                           const CatalogueSnapshot& catalogue,
                                                           ConditionWork& work) {
    PlacementMasks masks;
    const std::uint64_t given_up = work.given_up();
    add_filter(placement, catalogue, nullptr, {}, work, masks);
    masks.has_given_up = work.given_up() > given_up;
    masks.boosts.resize(placement.boosts.size());
    return std::make_shared<const PlacementMasks>(std::move(masks));
}

std::shared_ptr<const PlacementMasks> ConditionMasks::of(
    const std::shared_ptr<const CompiledPlacement>& placement,
    const std::shared_ptr<const CatalogueSnapshot>& catalogue, ConditionWork& work) {
    Kept found;
    {
        const base::MutexLock lock(mutex_);
        const auto at = std::ranges::find(kept_, placement, &Kept::placement);
        if (at != kept_.end()) {
            kept_.splice(kept_.begin(), kept_, at);
            found = *at;
        }
    }
    if (found.masks && found.catalogue == catalogue && found.masks->is_complete) return found.masks;
    auto masks = std::make_shared<const PlacementMasks>(
        masks_of(*placement, *catalogue, found.catalogue.get(), found.masks.get(), work));
    keep({placement, catalogue, masks});
    return masks;
}

}  // namespace attune::engine
