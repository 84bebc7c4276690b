#include "engine/recommend/built_in_placements.h"

#include <array>
#include <map>
#include <utility>

namespace attune::engine {
namespace {

using domain::Placement;
using domain::PlacementSource;
using Kind = domain::PlacementSourceKind;
using Built = std::map<std::string, std::shared_ptr<const CompiledPlacement>, std::less<>>;

// What one has, one does not go on with. These are names that applications give to getting something; others save a placement of
// this id that names theirs.
domain::PlacementSeen got() {
    return {
        .events = {"purchase", "install", "installed", "app_install", "app_installed", "download",
                   "downloaded", "subscribe", "subscribed", "complete", "completed"},
        .within_days = 36'500};
}

domain::PlacementSeen bought() { return {.events = {"purchase"}, .within_days = 90}; }

Placement row(std::string name, std::vector<PlacementSource> sources) {
    return {.name = std::move(name),
            .sources = std::move(sources),
            .ranking = domain::PlacementRanking::ranker,
            .exclude_seen = {bought()},
            .diversity = domain::PlacementDiversity{}};
}

Built build() {
    std::pair<std::string, Placement> all[] = {
        {"default", row("What fits best", {})},
        {"homepage.continue",
         {.name = "Continue where you left off",
          .sources = {{Kind::unfinished, 1, 50}},
          .exclude_seen = {got()},
          .fatigue = domain::PlacementFatigue{.strength = 0}}},
        {"homepage.featured", row("Featured for you", {})},
        {"homepage.because_you_liked", row("Because you liked", {{Kind::similar, 1, 100}})},
        {"homepage.category", row("In a category you like", {{Kind::model, 0.5, 200},
                                                             {Kind::after, 0.2, 100},
                                                             {Kind::trending, 0.1, 50},
                                                             {Kind::popular, 0.2, 100}})},
        {"homepage.trending",
         row("Trending", {{Kind::trending, 0.7, 100}, {Kind::nearby, 0.3, 100}})},
        {"homepage.new",
         row("New for you", {{Kind::fresh, 0.6, 200}, {Kind::interests, 0.4, 200}})},
    };
    Built built;
    for (auto& [id, placement] : all) {
        auto compiled = CompiledPlacement::compile(id, 0, std::move(placement));
        ATTUNE_CHECK(compiled.has_value());
        built.emplace(id, *std::move(compiled));
    }
    return built;
}

}  // namespace

std::shared_ptr<const CompiledPlacement> built_in_placement(std::string_view id) {
    static const Built built = build();
    const auto found = built.find(id);
    return found == built.end() ? nullptr : found->second;
}

}  // namespace attune::engine
