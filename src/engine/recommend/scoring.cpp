#include "engine/recommend/scoring.h"

#include "engine/recommend/item_sight.h"

#include <algorithm>

namespace attune::engine {
namespace {

// By each kind's weight; the weights sum to 1.
std::array<double, kSourceKinds> weights_of(const CompiledPlacement& placement) {
    std::array<double, kSourceKinds> weights{};
    for (const domain::PlacementSource& source : placement.sources)
        weights[static_cast<std::size_t>(source.kind)] = source.weight;
    return weights;
}

}  // namespace

void score_candidates(const CompiledPlacement& placement, const Asking& asking,
                      LogicValue surroundings, std::vector<Candidate>& candidates) {
    const auto weights = weights_of(placement);
    const bool filters = placement.filter && !placement.is_filter_of_items;
    const bool looks = filters || !placement.boosts.empty();
    ItemSight sight(
        *asking.catalogue, asking.now,
        filters ? placement.boost_reads.with(placement.filter_reads) : placement.boost_reads);
    const LogicMember item[] = {{"item", sight.data()}};
    const LogicRecord data{.members = item, .rest = surroundings, .depth = 3};
    const LogicInput input{.data = LogicValue(data), .now = asking.now};
    std::erase_if(candidates, [&](Candidate& one) {
        one.score = 0;
        for (std::size_t kind = 0; kind < kSourceKinds; ++kind)
            one.score += weights[kind] * static_cast<double>(one.by_source[kind]);
        if (!looks) return false;
        sight.show(one.item);
        // A condition that takes too much work holds for nothing.
        if (filters && !placement.filter->holds(input).value_or(false)) return true;
        for (std::size_t i = 0; i < placement.boosts.size(); ++i) {
            if (!placement.boosts[i].condition.holds(input).value_or(false)) continue;
            one.score *= placement.boosts[i].factor;
            one.boosts |= std::uint64_t{1} << i;
        }
        return false;
    });
    std::ranges::sort(candidates, [](const Candidate& a, const Candidate& b) {
        return a.score != b.score ? a.score > b.score : a.item < b.item;
    });
}

}  // namespace attune::engine
