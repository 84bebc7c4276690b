#include "engine/catalogue/catalogue_snapshot.h"

#include "engine/catalogue/item_block.h"
#include "engine/catalogue/label_masks.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace attune::engine {
namespace {

constexpr std::size_t kItems = ItemBlock::kItems;
constexpr std::size_t kWords = ItemBlock::kWords;

std::size_t words_for(ItemNumber width) { return (std::size_t{width} + 63) / 64; }

// The words of one block at their place in a mask, which may end within the block.
void put_words(std::vector<std::uint64_t>& mask, std::size_t block, const ItemBlock::Words& words) {
    const std::size_t begin = block * kWords;
    for (std::size_t i = 0; i < kWords && begin + i < mask.size(); ++i) mask[begin + i] = words[i];
}

}  // namespace

CatalogueSnapshot::CatalogueSnapshot(std::shared_ptr<const ItemNumbers> numbers,
                                     std::shared_ptr<const ItemNumbers> labels)
    : numbers_(std::move(numbers)),
      labels_(std::move(labels)),
      blocks_(std::make_shared<const ItemBlocks>()),
      label_masks_(std::make_shared<LabelMasks>()),
      open_(std::make_shared<const Open>(base::Time::min(), base::Time::max(),
                                         std::make_shared<const learn::ItemMask>(0u))) {}

CatalogueSnapshot::CatalogueSnapshot(const CatalogueSnapshot& before, std::uint64_t version)
    : numbers_(before.numbers_),
      labels_(before.labels_),
      blocks_(before.blocks_),
      label_masks_(before.label_masks_),
      version_(version),
      count_(before.count_),
      width_(before.width_),
      open_(before.open_.get()) {}

std::shared_ptr<const CatalogueSnapshot> CatalogueSnapshot::after(std::span<const Change> changes,
                                                                  Lengths embeddings,
                                                                  base::Time now) const {
    std::shared_ptr<CatalogueSnapshot> next(new CatalogueSnapshot(*this, version_ + 1));
    next->embeddings_ = std::move(embeddings);
    auto blocks = std::make_shared<ItemBlocks>(*blocks_);
    std::map<std::size_t, ItemBlock::Items> touched;
    for (const Change& change : changes) {
        const std::size_t block = change.number / kItems;
        if (block >= blocks->size()) blocks->resize(block + 1);
        const auto [place, is_new] = touched.try_emplace(block);
        if (is_new && (*blocks)[block]) place->second = (*blocks)[block]->items();
        place->second[change.number % kItems] = change.item;
        if (change.item) next->width_ = std::max(next->width_, change.number + 1);
    }
    std::vector<std::size_t> changed;
    for (auto& [block, items] : touched) {
        auto& kept = (*blocks)[block];
        if (kept) next->count_ -= kept->count();
        kept = std::make_shared<const ItemBlock>(std::move(items));
        next->count_ += kept->count();
        changed.push_back(block);
    }
    next->blocks_ = std::move(blocks);
    next->open_after(*this, changed, now);
    return next;
}

std::optional<ItemNumber> CatalogueSnapshot::find(std::string_view id) const {
    const auto number = numbers_->find(id);
    return number && item(*number) != nullptr ? number : std::nullopt;
}

std::vector<std::pair<ItemNumber, ItemNumber>> CatalogueSnapshot::changed_since(
    const CatalogueSnapshot& before) const {
    std::vector<std::pair<ItemNumber, ItemNumber>> runs;
    for (std::size_t block = 0; block * kItems < width_; ++block) {
        if (block < before.blocks_->size() && (*before.blocks_)[block] == (*blocks_)[block])
            continue;
        const auto first = static_cast<ItemNumber>(block * kItems);
        const auto past = static_cast<ItemNumber>(std::min<std::size_t>(first + kItems, width_));
        if (!runs.empty() && runs.back().second == first)
            runs.back().second = past;
        else
            runs.emplace_back(first, past);
    }
    return runs;
}

const CatalogueItem* CatalogueSnapshot::item(ItemNumber number) const {
    const std::size_t block = number / kItems;
    if (block >= blocks_->size() || !(*blocks_)[block]) return nullptr;
    return (*blocks_)[block]->items()[number % kItems].get();
}

std::string_view CatalogueSnapshot::item_json(ItemNumber number) const {
    const CatalogueItem* there = item(number);
    return there == nullptr ? std::string_view("null") : there->json.text();
}

template <class BlockWords>
learn::ItemMask CatalogueSnapshot::mask_of(const BlockWords& words_of) const {
    std::vector<std::uint64_t> words(words_for(width_));
    for (std::size_t block = 0; block < blocks_->size(); ++block)
        if ((*blocks_)[block]) put_words(words, block, words_of(*(*blocks_)[block]));
    return {std::move(words), width_};
}

template <class Take>
void CatalogueSnapshot::each_allowed(std::size_t block, const learn::ItemMask& allowed,
                                     Take take) const {
    const auto words = allowed.words();
    const auto& present = (*blocks_)[block]->present();
    for (std::size_t i = 0; i < kWords && block * kWords + i < words.size(); ++i)
        for (std::uint64_t bits = words[block * kWords + i] & present[i]; bits != 0;
             bits &= bits - 1)
            take(static_cast<ItemNumber>(block * kItems + i * 64 +
                                         static_cast<std::size_t>(std::countr_zero(bits))));
}

std::shared_ptr<const CatalogueSnapshot::Open> CatalogueSnapshot::open_at(base::Time now) const {
    Open open{base::Time::min(), base::Time::max(), nullptr};
    open.mask = std::make_shared<const learn::ItemMask>(mask_of(
        [&](const ItemBlock& block) { return block.open_at(now, open.since, open.until); }));
    return std::make_shared<const Open>(std::move(open));
}

void CatalogueSnapshot::open_after(const CatalogueSnapshot& before,
                                   const std::vector<std::size_t>& changed, base::Time now) {
    const auto known = before.open_.get();
    if (now < known->since || known->until <= now) return open_.set(open_at(now));
    Open open{known->since, known->until, nullptr};
    const auto old = known->mask->words();
    std::vector<std::uint64_t> words(old.begin(), old.end());
    words.resize(words_for(width_));
    for (const std::size_t block : changed)
        put_words(words, block, (*blocks_)[block]->open_at(now, open.since, open.until));
    open.mask = std::make_shared<const learn::ItemMask>(std::move(words), width_);
    open_.set(std::make_shared<const Open>(std::move(open)));
}

std::shared_ptr<const learn::ItemMask> CatalogueSnapshot::open_mask(base::Time now) const {
    const Open& known = open_.of_this_thread();
    if (known.since <= now && now < known.until) return known.mask;
    auto open = open_at(now);
    auto mask = open->mask;
    open_.set(std::move(open));
    return mask;
}

learn::ItemMask CatalogueSnapshot::present() const {
    return mask_of([](const ItemBlock& block) { return block.present(); });
}

std::shared_ptr<const learn::ItemMask> CatalogueSnapshot::labelled(std::string_view label) const {
    const auto number = find_label(label);
    if (!number) return std::make_shared<const learn::ItemMask>(width_, false);
    return label_masks_->of(*number, blocks_, width_);
}

learn::ItemMask CatalogueSnapshot::priced(double low, double high) const {
    return mask_of([&](const ItemBlock& block) {
        ItemBlock::Words words{};
        const auto prices = block.prices();
        for (std::size_t at = 0; at < kItems; ++at) {
            const bool fits = low <= prices[at] && prices[at] <= high;  // never of NaN
            words[at / 64] |= std::uint64_t{fits} << (at % 64);
        }
        return words;
    });
}

// Blocks are looked at from the one with the newest item on, until none is left that could add anything.
std::vector<ItemNumber> CatalogueSnapshot::newest(std::size_t limit,
                                                  const learn::ItemMask& allowed) const {
    ATTUNE_CHECK(allowed.items() == width_);
    const auto newer = [](const Born& a, const Born& b) {
        return a.at != b.at ? a.at > b.at : a.number < b.number;
    };
    const auto older = [&](const Born& a, const Born& b) { return newer(b, a); };
    std::vector<Born> firsts;  // what is newest in each block, at best: the newest of all on top
    for (std::size_t block = 0; block < blocks_->size() && limit > 0; ++block)
        if ((*blocks_)[block] && (*blocks_)[block]->count() > 0)
            firsts.push_back(
                {(*blocks_)[block]->newest(), static_cast<ItemNumber>(block * kItems)});
    std::ranges::make_heap(firsts, older);
    std::vector<Born> found;  // the oldest of the newest on top
    while (!firsts.empty() && (found.size() < limit || newer(firsts.front(), found.front()))) {
        const std::size_t block = firsts.front().number / kItems;
        std::ranges::pop_heap(firsts, older);
        firsts.pop_back();
        each_allowed(block, allowed, [&](ItemNumber number) {
            const Born born{(*blocks_)[block]->created()[number % kItems], number};
            if (found.size() == limit) {
                if (!newer(born, found.front())) return;
                std::ranges::pop_heap(found, newer);
                found.pop_back();
            }
            found.push_back(born);
            std::ranges::push_heap(found, newer);
        });
    }
    std::ranges::sort_heap(found, newer);
    std::vector<ItemNumber> numbers;
    numbers.reserve(found.size());
    for (const Born& born : found) numbers.push_back(born.number);
    return numbers;
}

}  // namespace attune::engine
