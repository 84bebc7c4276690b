// ItemCounts: a whole number for each item, and the best of them without looking at all. Sixty-four items share an upper bound,
// so that the ten most popular of four million items cost some 60,000 comparisons (20 µs) rather than four million.
//
//     counts.add(item, 1);
//     counts.best(10, mask, 2, [&](ItemNumber item) { return float(counts[item]); });
//
// Not thread-safe.
#pragma once

#include "engine/numbers/item_numbers.h"
#include "learn/recommend/recommender.h"

#include <algorithm>
#include <bit>
#include <vector>

namespace attune::engine {

class ItemCounts {
public:
    [[nodiscard]] std::uint32_t operator[](ItemNumber item) const {
        return item < counts_.size() ? counts_[item] : 0;
    }
    [[nodiscard]] ItemNumber size() const { return static_cast<ItemNumber>(counts_.size()); }
    void add(ItemNumber item, std::uint32_t by = 1) {
        if (item >= counts_.size()) grow(item);
        counts_[item] += by;
        bounds_[item / 64] = std::max(bounds_[item / 64], counts_[item]);
    }
    // What was added before.
    void take(ItemNumber item, std::uint32_t by = 1) { counts_[item] -= by; }

    // The best of those that the mask allows (it may be shorter than the counts: what is past it is not allowed) and that
    // count at least `least`, best first, of equals the lower number first. `score(item)` is above 0 for those who may
    // be in the answer, and never above the item's count.
    template <class Score>
    [[nodiscard]] std::vector<learn::Scored> best(std::size_t limit, const learn::ItemMask& mask,
                                                  std::uint32_t least, const Score& score) const;
    [[nodiscard]] std::size_t bytes() const {
        return (counts_.capacity() + bounds_.capacity()) * sizeof(std::uint32_t);
    }

private:
    void grow(ItemNumber item) {
        counts_.resize(std::max<std::size_t>(item + 1, counts_.size() + counts_.size() / 4));
        bounds_.resize((counts_.size() + 63) / 64);
    }

    std::vector<std::uint32_t> counts_;
    std::vector<std::uint32_t> bounds_;  // no count of the 64 is larger; may be too large
};

template <class Score>
std::vector<learn::Scored> ItemCounts::best(std::size_t limit, const learn::ItemMask& mask,
                                            std::uint32_t least, const Score& score) const {
    const auto is_better = [](const learn::Scored& a, const learn::Scored& b) {
        return a.score != b.score ? a.score > b.score : a.item < b.item;
    };
    std::vector<learn::Scored> heap;  // the worst one on top
    if (limit == 0) return heap;
    const auto words = mask.words();
    const std::size_t blocks = std::min(bounds_.size(), words.size());
    for (std::size_t block = 0; block < blocks; ++block) {
        const bool is_full = heap.size() == limit;
        if (bounds_[block] < least ||
            (is_full && static_cast<float>(bounds_[block]) <= heap.front().score))
            continue;
        for (std::uint64_t bits = words[block]; bits != 0; bits &= bits - 1) {
            const auto item =
                static_cast<ItemNumber>(block * 64 + static_cast<unsigned>(std::countr_zero(bits)));
            if (item >= counts_.size()) break;
            // No score is above its count, which is cheaper to look at.
            if (counts_[item] < least ||
                (heap.size() == limit && static_cast<float>(counts_[item]) < heap.front().score))
                continue;
            const learn::Scored one{item, score(item)};
            if (one.score <= 0 || (heap.size() == limit && !is_better(one, heap.front()))) continue;
            if (heap.size() == limit) {
                std::ranges::pop_heap(heap, is_better);
                heap.pop_back();
            }
            heap.push_back(one);
            std::ranges::push_heap(heap, is_better);
        }
    }
    std::ranges::sort_heap(heap, is_better);
    return heap;
}

}  // namespace attune::engine
