#include "engine/catalogue/catalogue_snapshot.h"

#include "engine/catalogue/item_block.h"

#include <algorithm>
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
      open_(std::make_shared<const Open>(base::Time::min(), base::Time::max(),
                                         std::make_shared<const learn::ItemMask>(0u))) {}

CatalogueSnapshot::CatalogueSnapshot(const CatalogueSnapshot& before, std::uint64_t version)
    : numbers_(before.numbers_),
      labels_(before.labels_),
      blocks_(before.blocks_),
      version_(version),
      count_(before.count_),
      width_(before.width_),
      open_(before.open_.get()) {}

std::shared_ptr<const CatalogueSnapshot> CatalogueSnapshot::after(std::span<const Change> changes,
                                                                  Lengths embeddings,
                                                                  base::Time now) const {
    std::shared_ptr<CatalogueSnapshot> next(new CatalogueSnapshot(*this, version_ + 1));
    next->embeddings_ = std::move(embeddings);
    std::map<std::size_t, ItemBlock::Items> touched;
    for (const Change& change : changes) {
        const std::size_t block = change.number / kItems;
        if (block >= next->blocks_.size()) next->blocks_.resize(block + 1);
        const auto [place, is_new] = touched.try_emplace(block);
        if (is_new && next->blocks_[block]) place->second = next->blocks_[block]->items();
        place->second[change.number % kItems] = change.item;
        if (change.item) next->width_ = std::max(next->width_, change.number + 1);
    }
    std::vector<std::size_t> changed;
    for (auto& [block, items] : touched) {
        auto& kept = next->blocks_[block];
        if (kept) next->count_ -= kept->count();
        kept = std::make_shared<const ItemBlock>(std::move(items));
        next->count_ += kept->count();
        changed.push_back(block);
    }
    next->open_after(*this, changed, now);
    return next;
}

std::optional<ItemNumber> CatalogueSnapshot::find(std::string_view id) const {
    const auto number = numbers_->find(id);
    return number && item(*number) != nullptr ? number : std::nullopt;
}

const CatalogueItem* CatalogueSnapshot::item(ItemNumber number) const {
    const std::size_t block = number / kItems;
    if (block >= blocks_.size() || !blocks_[block]) return nullptr;
    return blocks_[block]->items()[number % kItems].get();
}

std::string_view CatalogueSnapshot::item_json(ItemNumber number) const {
    const CatalogueItem* there = item(number);
    return there == nullptr ? std::string_view("null") : there->json.text();
}

template <class BlockWords>
learn::ItemMask CatalogueSnapshot::mask_of(const BlockWords& words_of) const {
    std::vector<std::uint64_t> words(words_for(width_));
    for (std::size_t block = 0; block < blocks_.size(); ++block)
        if (blocks_[block]) put_words(words, block, words_of(*blocks_[block]));
    return {std::move(words), width_};
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
        put_words(words, block, blocks_[block]->open_at(now, open.since, open.until));
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

learn::ItemMask CatalogueSnapshot::labelled(std::string_view label) const {
    const auto number = find_label(label);
    if (!number) return learn::ItemMask(width_, false);
    return mask_of([&](const ItemBlock& block) { return block.labelled(*number); });
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

std::vector<ItemNumber> CatalogueSnapshot::newest(std::size_t limit,
                                                  const learn::ItemMask& allowed) const {
    ATTUNE_CHECK(allowed.items() == width_);
    using Born = std::pair<std::int64_t, ItemNumber>;
    const auto newer = [](const Born& a, const Born& b) {
        return a.first != b.first ? a.first > b.first : a.second < b.second;
    };
    std::vector<Born> heap;  // the oldest of the newest on top
    for (ItemNumber number = 0; number < width_ && limit > 0; ++number) {
        const auto& block = blocks_[number / kItems];
        if (!allowed.allows(number) || !block || !block->items()[number % kItems]) continue;
        const Born born{block->created()[number % kItems], number};
        if (heap.size() == limit) {
            if (!newer(born, heap.front())) continue;
            std::ranges::pop_heap(heap, newer);
            heap.pop_back();
        }
        heap.push_back(born);
        std::ranges::push_heap(heap, newer);
    }
    std::ranges::sort_heap(heap, newer);
    std::vector<ItemNumber> numbers;
    numbers.reserve(heap.size());
    for (const Born& born : heap) numbers.push_back(born.second);
    return numbers;
}

}  // namespace attune::engine
