#include "engine/recommend/learned_ranking.h"

#include "engine/recommend/ranking.h"

#include <algorithm>

namespace attune::engine {

LearnedRanking learned_ranking_of(const CompiledPlacement& placement, const WeightsInForce& learned,
                                  std::string_view ranker) {
    LearnedRanking out{
        .placement_id = placement.id, .version = placement.version, .ranking = placement.ranking};
    const WrittenSources written(placement);
    const SourceWeights* known = learned.find(placement.id, written.names, written.weights);
    const auto& weights = known == nullptr ? written.weights : known->weights;
    for (std::size_t i = 0; i < written.names.size(); ++i)
        out.sources.push_back({.source = std::string(written.names[i]),
                               .written = written.weights[i],
                               .learned = weights[i]});
    std::ranges::sort(out.sources, [](const LearnedSource& a, const LearnedSource& b) {
        return a.learned != b.learned ? a.learned > b.learned : a.source < b.source;
    });
    if (known != nullptr) {
        out.answers = known->answers;
        out.since = known->since;
        if (known->answers > 0) out.last = known->last;
    }
    if (placement.ranking == domain::PlacementRanking::ranker && !ranker.empty()) {
        out.in_force = domain::PlacementRanking::ranker;
        out.ranker = std::string(ranker);
    } else if (placement.ranking != domain::PlacementRanking::written && out.answers > 0) {
        out.in_force = domain::PlacementRanking::learned;
    }
    return out;
}

}  // namespace attune::engine
