// Metrics of one ranked list, from which of its places hold something wanted. All lie in [0, 1], larger is better.
//
//     const ListMarks marks = marks_of(hits, wanted, 10);      // hits[i]: whether place i holds what is wanted
//
// With k places looked at, n things wanted, h of them found, and the found ones at places p (from 1):
//
//     precision  h / k                        also where the list is shorter than k
//     recall     h / n
//     f1         2 · precision · recall / (precision + recall), 0 where both are
//     hr         1 where h > 0                the hit rate; the same as recall where n is 1
//     ndcg       Σ 1 / log2(p + 1), divided by what the best list has: Σ over the first min(k, n) places
//     map        Σ over found ones of (found up to p) / p, divided by min(k, n)
//     mrr        1 / the first p, 0 where nothing was found
//
// Ties are broken before: a full ranking gives equals in the order of Recommender::best (the lower number first), and a list of
// candidates puts what is wanted behind all its equals, so that a model that cannot tell things apart earns nothing.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string_view>

namespace attune::learn {

enum class ListMark : std::uint8_t { precision, recall, f1, hr, ndcg, map, mrr };
inline constexpr std::array<std::string_view, 7> kListMarkNames{"precision", "recall", "f1", "hr",
                                                                "ndcg",      "map",    "mrr"};

using ListMarks = std::array<double, kListMarkNames.size()>;

// `wanted` is above 0 and counts what is not in the list as well.
[[nodiscard]] ListMarks marks_of(std::span<const bool> hits, std::size_t wanted, std::size_t k);

}  // namespace attune::learn
