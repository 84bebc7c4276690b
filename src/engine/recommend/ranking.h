// Ranking: what brings the candidates of several sources into one order, for one answer: weights as the placement was written with,
// or as they were learned since; and the published ranker where the placement asks for it.
//
//     const Ranking ranking = ranking_of(placement, *outcomes.weights(tenant), models.ranker(tenant));
//     ranking.weight(PlacementSourceKind::model)                       // 0.31
#pragma once

#include "engine/models/served_ranker.h"
#include "engine/outcomes/learned_weights.h"
#include "engine/recommend/candidates.h"
#include "engine/recommend/compiled_placement.h"

#include <array>
#include <cstdint>

namespace attune::engine {

struct Ranking {
    std::array<double, kSourceKinds> weights{};  // by kind; sum to 1
    std::shared_ptr<const ServedRanker> ranker;  // null: the weights alone rank
    // Lists that were answered, from which the weights were learned; 0: they are as written.
    std::uint64_t answers = 0;

    [[nodiscard]] double weight(domain::PlacementSourceKind kind) const {
        return weights[static_cast<std::size_t>(kind)];
    }
    // What its sources make of a candidate: 0 to 1.
    [[nodiscard]] double blend(const Candidate& one) const;
    // The source that speaks most for it; empty where none does.
    [[nodiscard]] std::string_view strongest(const Candidate& one) const;
};

// The sources of a placement that are asked, and what they were written to weigh; as decisions name them and weights are learned by.
struct WrittenSources {
    std::vector<std::string_view> names;
    std::vector<domain::PlacementSourceKind> kinds;
    std::vector<double> weights;

    explicit WrittenSources(const CompiledPlacement& placement);
};

// `ranker` may be null.
[[nodiscard]] Ranking ranking_of(const CompiledPlacement& placement, const WeightsInForce& learned,
                                 std::shared_ptr<const ServedRanker> ranker);

}  // namespace attune::engine
