#include "engine/recommend/ranking.h"

namespace attune::engine {

double Ranking::blend(const Candidate& one) const {
    double sum = 0;
    for (std::size_t kind = 0; kind < kSourceKinds; ++kind)
        sum += weights[kind] * static_cast<double>(one.by_source[kind]);
    return sum;
}

std::string_view Ranking::strongest(const Candidate& one) const {
    std::string_view best;
    double most = 0;
    for (std::size_t kind = 0; kind < kSourceKinds; ++kind) {
        const double part = weights[kind] * static_cast<double>(one.by_source[kind]);
        if (part <= most) continue;
        most = part;
        best = name_of(static_cast<domain::PlacementSourceKind>(kind));
    }
    return best;
}

WrittenSources::WrittenSources(const CompiledPlacement& placement) {
    for (const domain::PlacementSource& source : placement.sources) {
        if (!(source.weight > 0)) continue;
        names.push_back(name_of(source.kind));
        kinds.push_back(source.kind);
        weights.push_back(source.weight);
    }
}

Ranking ranking_of(const CompiledPlacement& placement, const WeightsInForce& learned,
                   std::shared_ptr<const ServedRanker> ranker) {
    Ranking ranking;
    if (placement.ranking == domain::PlacementRanking::ranker) ranking.ranker = std::move(ranker);
    const WrittenSources written(placement);
    const SourceWeights* known = placement.ranking == domain::PlacementRanking::written
                                     ? nullptr
                                     : learned.find(placement.id, written.names, written.weights);
    const bool has_learned = known != nullptr && known->answers > 0;
    if (has_learned) ranking.answers = known->answers;
    for (std::size_t i = 0; i < written.kinds.size(); ++i)
        ranking.weights[static_cast<std::size_t>(written.kinds[i])] =
            has_learned ? known->weights[i] : written.weights[i];
    return ranking;
}

}  // namespace attune::engine
