#include "learn/evaluate/metrics.h"

#include "base/result.h"

#include <algorithm>
#include <cmath>

namespace attune::learn {

ListMarks marks_of(std::span<const bool> hits, std::size_t wanted, std::size_t k) {
    ATTUNE_CHECK(wanted > 0 && k > 0);
    double found = 0;
    double gain = 0;
    double precisions = 0;
    double first = 0;
    for (std::size_t i = 0; i < std::min(k, hits.size()); ++i) {
        if (!hits[i]) continue;
        const double place = static_cast<double>(i) + 1;
        found += 1;
        gain += 1 / std::log2(place + 1);
        precisions += found / place;
        if (first == 0) first = 1 / place;
    }
    const std::size_t findable = std::min(k, wanted);
    double best_gain = 0;
    for (std::size_t i = 0; i < findable; ++i)
        best_gain += 1 / std::log2(static_cast<double>(i) + 2);

    const double precision = found / static_cast<double>(k);
    const double recall = found / static_cast<double>(wanted);
    ListMarks marks{};
    const auto set = [&](ListMark mark, double value) {
        marks[static_cast<std::size_t>(mark)] = value;
    };
    set(ListMark::precision, precision);
    set(ListMark::recall, recall);
    set(ListMark::f1, found > 0 ? 2 * precision * recall / (precision + recall) : 0);
    set(ListMark::hr, found > 0 ? 1 : 0);
    set(ListMark::ndcg, gain / best_gain);
    set(ListMark::map, precisions / static_cast<double>(findable));
    set(ListMark::mrr, first);
    return marks;
}

}  // namespace attune::learn
