// LearnedRanking: how a placement ranks today, in numbers: each source's weight as written and as it has been learned, and from how
// many answers. The structs are the wire form.
#pragma once

#include "engine/outcomes/learned_weights.h"
#include "engine/recommend/compiled_placement.h"
#include "engine/recommend/learned_exploration.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace attune::engine {

struct LearnedSource {
    std::string source;
    double written = 0;
    double learned = 0;
};

struct LearnedRanking {
    std::string placement_id;
    std::uint64_t version = 0;
    domain::PlacementRanking ranking = domain::PlacementRanking::written;   // as the placement says
    domain::PlacementRanking in_force = domain::PlacementRanking::written;  // what answers today
    std::optional<std::string> ranker;                                      // the model that ranks
    std::vector<LearnedSource> sources;  // the one that weighs most first
    std::uint64_t answers = 0;           // lists that taught the weights
    std::optional<base::Time> since;     // the first list that was shown with these written weights
    std::optional<base::Time> last;      // the last answer
    std::optional<LearnedExploration> exploration;
};

// Without exploration, which learned_exploration_of() adds. `ranker` is the id of the published one, or empty. Weights are learned whether or not the placement uses them, so that it can be seen what they would be.
[[nodiscard]] LearnedRanking learned_ranking_of(const CompiledPlacement& placement,
                                                const WeightsInForce& learned,
                                                std::string_view ranker);

}  // namespace attune::engine
