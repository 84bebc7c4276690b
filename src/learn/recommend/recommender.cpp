#include "learn/recommend/recommender.h"

#include <algorithm>
#include <bit>

namespace attune::learn {

namespace {

bool is_better(const Scored& a, const Scored& b) {
    return a.score != b.score ? a.score > b.score : a.item < b.item;
}

// Those allowed where they are so few that it is not worth while to score all items; else nothing.
std::vector<ItemIndex> few_of(const ItemMask& allowed) {
    constexpr std::size_t kShare = 32;
    std::size_t count = 0;
    for (const std::uint64_t word : allowed.words())
        count += static_cast<std::size_t>(std::popcount(word));
    std::vector<ItemIndex> few;
    if (count > allowed.items() / kShare) return few;
    few.reserve(count);
    const auto words = allowed.words();
    for (std::size_t word = 0; word < words.size(); ++word)
        for (std::uint64_t bits = words[word]; bits != 0; bits &= bits - 1)
            few.push_back(static_cast<ItemIndex>(word * 64 +
                                                 static_cast<std::size_t>(std::countr_zero(bits))));
    return few;
}

}  // namespace

void Recommender::score_some(const Query& query, std::span<const ItemIndex> some,
                             std::span<float> scores) const {
    std::vector<float> all(items());
    score(query, all);
    for (std::size_t i = 0; i < some.size(); ++i) scores[i] = all[some[i]];
}

std::vector<Scored> Recommender::best(const Query& query, std::size_t limit,
                                      const ItemMask& allowed) const {
    if (const auto few = few_of(allowed); !few.empty()) {
        std::vector<float> scores(few.size());
        score_some(query, few, scores);
        std::vector<Scored> list(few.size());
        for (std::size_t i = 0; i < few.size(); ++i) list[i] = {few[i], scores[i]};
        return best_of_list(std::move(list), limit);
    }
    std::vector<float> all(items());
    score(query, all);
    return best_of_scores(all, limit, allowed);
}

std::vector<Scored> Recommender::like(ItemIndex item, std::size_t limit,
                                      const ItemMask& allowed) const {
    const Touch only{.item = item};
    ItemMask others = allowed;
    others.forbid(item);
    return best({.history = {&only, 1}}, limit, others);
}

// A heap of the best so far with the worst on top: one comparison for nearly every item.
std::vector<Scored> best_of_scores(std::span<const float> scores, std::size_t limit,
                                   const ItemMask& allowed) {
    std::vector<Scored> heap;
    if (limit == 0) return heap;
    heap.reserve(std::min<std::size_t>(limit, scores.size()));
    const auto words = allowed.words();
    for (std::size_t word = 0; word < words.size(); ++word) {
        for (std::uint64_t bits = words[word]; bits != 0; bits &= bits - 1) {
            const std::size_t item = word * 64 + static_cast<std::size_t>(std::countr_zero(bits));
            if (item >= scores.size()) break;
            const Scored one{static_cast<ItemIndex>(item), scores[item]};
            if (heap.size() < limit) {
                heap.push_back(one);
                std::ranges::push_heap(heap, is_better);
            } else if (is_better(one, heap.front())) {
                std::ranges::pop_heap(heap, is_better);
                heap.back() = one;
                std::ranges::push_heap(heap, is_better);
            }
        }
    }
    std::ranges::sort_heap(heap, is_better);
    return heap;
}

std::vector<Scored> best_of_list(std::vector<Scored> list, std::size_t limit) {
    const auto middle = list.begin() + static_cast<std::ptrdiff_t>(std::min(limit, list.size()));
    std::ranges::partial_sort(list, middle, is_better);
    list.erase(middle, list.end());
    return list;
}

}  // namespace attune::learn
