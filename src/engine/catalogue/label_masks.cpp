#include "engine/catalogue/label_masks.h"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace attune::engine {
namespace {

constexpr std::size_t kBytesMax = std::size_t{4} << 20;
constexpr std::size_t kKeptLeast = 16;  // however large they are
constexpr std::size_t kKeptMost = 1'024;

// What was so before counts for the blocks that are still the same.
learn::ItemMask mask_of(LabelNumber label, const ItemBlocks& now, ItemNumber width,
                        const ItemBlocks* before, const learn::ItemMask* then) {
    std::vector<std::uint64_t> words((std::size_t{width} + 63) / 64);
    const auto old = then != nullptr ? then->words() : std::span<const std::uint64_t>();
    for (std::size_t block = 0; block < now.size(); ++block) {
        const std::size_t begin = block * ItemBlock::kWords;
        if (!now[block] || begin >= words.size()) continue;
        const std::size_t count = std::min(ItemBlock::kWords, words.size() - begin);
        const auto out = words.begin() + static_cast<std::ptrdiff_t>(begin);
        if (before == nullptr || block >= before->size() || (*before)[block] != now[block])
            std::ranges::copy_n(now[block]->labelled(label).begin(),
                                static_cast<std::ptrdiff_t>(count), out);
        else if (begin < old.size())  // else it was empty, and is
            std::ranges::copy(old.subspan(begin, std::min(count, old.size() - begin)), out);
    }
    return {std::move(words), width};
}

}  // namespace

LabelMasks::Kept LabelMasks::find(LabelNumber label) {
    const base::MutexLock lock(mutex_);
    const auto found = places_.find(label);
    if (found == places_.end()) return {};
    kept_.splice(kept_.begin(), kept_, found->second);
    return kept_.front();
}

void LabelMasks::keep(Kept kept) {
    const std::size_t bytes = kept.mask->words().size_bytes() + 1;
    const std::size_t most = std::clamp(kBytesMax / bytes, kKeptLeast, kKeptMost);
    std::list<Kept> gone;  // freed without the lock
    const base::MutexLock lock(mutex_);
    if (const auto found = places_.find(kept.label); found != places_.end())
        gone.splice(gone.begin(), kept_, found->second);
    kept_.push_front(std::move(kept));
    places_[kept_.front().label] = kept_.begin();
    while (kept_.size() > most) {
        places_.erase(kept_.back().label);
        gone.splice(gone.begin(), kept_, std::prev(kept_.end()));
    }
}

std::shared_ptr<const learn::ItemMask> LabelMasks::of(
    LabelNumber label, const std::shared_ptr<const ItemBlocks>& blocks, ItemNumber width) {
    const Kept known = find(label);
    if (known.mask && known.blocks == blocks && known.mask->items() == width) return known.mask;
    auto mask = std::make_shared<const learn::ItemMask>(
        mask_of(label, *blocks, width, known.blocks.get(), known.mask.get()));
    keep({label, blocks, mask});
    return mask;
}

}  // namespace attune::engine
