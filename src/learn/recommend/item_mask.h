// ItemMask: which items may be in an answer, a bit each. Scans skip whole blocks whose bits are all clear, so a filter costs
// less than what it saves.
#pragma once

#include "base/result.h"
#include "learn/recommend/interactions.h"

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace attune::learn {

class ItemMask {
public:
    // All allowed, or none.
    explicit ItemMask(ItemIndex items, bool allowed = true)
        : words_((std::size_t{items} + 63) / 64, allowed ? ~std::uint64_t{0} : 0), items_(items) {
        if (allowed && items % 64 != 0) words_.back() = (std::uint64_t{1} << (items % 64)) - 1;
    }

    // As words() gives them; bits past the last item are clear.
    ItemMask(std::vector<std::uint64_t> words, ItemIndex items)
        : words_(std::move(words)), items_(items) {
        ATTUNE_CHECK(words_.size() == (std::size_t{items} + 63) / 64);
    }

    [[nodiscard]] ItemIndex items() const { return items_; }
    [[nodiscard]] bool allows(ItemIndex item) const {
        return (words_[item / 64] >> (item % 64) & 1U) != 0;
    }
    void allow(ItemIndex item) { words_[item / 64] |= std::uint64_t{1} << (item % 64); }
    void forbid(ItemIndex item) { words_[item / 64] &= ~(std::uint64_t{1} << (item % 64)); }
    // Those that both allow; of equal size.
    void intersect(const ItemMask& other) {
        for (std::size_t i = 0; i < words_.size(); ++i) words_[i] &= other.words_[i];
    }
    // Bit i % 64 of word i / 64 is item i; bits past the last item are clear.
    [[nodiscard]] std::span<const std::uint64_t> words() const { return words_; }

private:
    std::vector<std::uint64_t> words_;
    ItemIndex items_;
};

// The bits at the places that `chosen` has set, moved together: bit i of the answer is that of the i-th of the `count` chosen. Both
// are words as ItemMask has them; `bits` reaches as far as `chosen`.
[[nodiscard]] std::vector<std::uint64_t> picked_bits(std::span<const std::uint64_t> bits,
                                                     std::span<const std::uint64_t> chosen,
                                                     std::size_t count);

}  // namespace attune::learn
