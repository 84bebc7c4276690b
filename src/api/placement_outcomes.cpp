// /placements/{id}/learned and /performance: how a placement ranks today, and what comes of what it shows.
#include "api/answers.h"
#include "api/call.h"
#include "api/routes.h"
#include "api/schema.h"
#include "api/wire_outcomes.h"
#include "engine/catalogue/catalogue.h"
#include "engine/engine.h"
#include "engine/models/models.h"
#include "engine/outcomes/outcomes.h"
#include "engine/recommend/built_in_placements.h"
#include "engine/recommend/placement_set.h"

namespace attune::api {
namespace {

std::string_view id_in(const Call& call) { return call.request.param("placement_id"); }

// Its own, else the one that everybody has.
Result<std::shared_ptr<const engine::CompiledPlacement>> active_placement(const Call& call) {
    ATTUNE_TRY(const auto placements, call.services.engine.placements().of(call.tenant()));
    if (auto own = placements->find(id_in(call))) return own;
    auto built_in =
        placements->has(id_in(call)) ? nullptr : engine::built_in_placement(id_in(call));
    if (!built_in) return fail(Code::not_found, "there is no placement of this id that is active");
    return built_in;
}

Result<http::Answer> read_learned(const Call& call) {
    ATTUNE_TRY(const auto placement, active_placement(call));
    engine::Engine& engine = call.services.engine;
    const auto learned = engine.outcomes().weights(call.tenant());
    const auto tried = engine.outcomes().tried(call.tenant())->find(placement->id);
    const auto ranker = engine.models().ranker(call.tenant());
    ATTUNE_TRY(const auto catalogue, engine.catalogue().of(call.tenant()));
    engine::LearnedRanking ranking =
        engine::learned_ranking_of(*placement, *learned, ranker ? ranker->id() : "");
    ranking.exploration =
        engine::learned_exploration_of(*placement, tried.get(), *catalogue, engine.clock().now());
    return json_answer(200, base::to_json(ranking));
}

Result<http::Answer> read_performance(const Call& call) {
    engine::Engine& engine = call.services.engine;
    ATTUNE_TRY(const auto catalogue, engine.catalogue().of(call.tenant()));
    ATTUNE_TRY(const auto placements, engine.placements().of(call.tenant()));
    engine::PlacementPerformance performance;
    bool was_shown = false;
    ATTUNE_TRY_VOID(engine.outcomes().look(
        call.tenant(), id_in(call), [&](const engine::PlacementCounts* counts, bool is_current) {
            was_shown = counts != nullptr;
            performance =
                engine::performance_of(id_in(call), counts, is_current, catalogue->count());
        }));
    if (!was_shown && !placements->has(id_in(call)) && !engine::built_in_placement(id_in(call)))
        return fail(Code::not_found, "there is no placement of this id");
    return json_answer(200, base::to_json(performance));
}

constexpr Reply kLearnedReplies[] = {
    {200, "How it ranks today.", schema_of<engine::LearnedRanking>}};
constexpr Reply kPerformanceReplies[] = {
    {200, "How well it does.", schema_of<engine::PlacementPerformance>}};
constexpr Route kRoutes[] = {
    {.method = http::Method::get,
     .pattern = "/api/v1/placements/{placement_id}/learned",
     .id = "placement_learned",
     .tag = "recommend",
     .summary = "How much each source of a placement counts, and which items do well in slots of "
                "chance, as people's choices taught it",
     .access = Access::of_tenant(kAnalysts),
     .handler = read_learned,
     .replies = kLearnedReplies,
     .waits = true},
    {.method = http::Method::get,
     .pattern = "/api/v1/placements/{placement_id}/performance",
     .id = "placement_performance",
     .tag = "recommend",
     .summary = "How well a placement does: by day, slot, source and version",
     .access = Access::of_tenant(kAnalysts),
     .handler = read_performance,
     .replies = kPerformanceReplies,
     .description = "Counted from the log of decisions and the events that answer them, up to the "
                    "last second.",
     .waits = true},
};

}  // namespace

std::span<const Route> placement_outcome_routes() { return kRoutes; }

}  // namespace attune::api
