// Ranks, and what a place in a list is worth.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <span>
#include <vector>

namespace attune::learn {

// What stands at a rank counts for this, as NDCG has it; rank 0 is the first and counts 1.
inline double discount(std::size_t rank) { return 1 / std::log2(static_cast<double>(rank) + 2); }

// The indices of `values`, the largest first; of equals the one that stands first.
template <class T>
void order_by(std::span<const T> values, std::vector<std::uint32_t>& order) {
    order.resize(values.size());
    std::iota(order.begin(), order.end(), 0U);
    std::ranges::sort(order, [&](std::uint32_t a, std::uint32_t b) {
        return values[a] != values[b] ? values[a] > values[b] : a < b;
    });
}

}  // namespace attune::learn
