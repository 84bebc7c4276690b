#include "api/placement_answers.h"

#include "base/json.h"
#include "domain/describe_placement.h"
#include "engine/catalogue/catalogue.h"
#include "engine/engine.h"
#include "engine/experiment/experiments.h"
#include "engine/segment/segments.h"

#include <utility>

namespace attune::api {

Result<engine::PlacementCircumstances> placement_circumstances(const Call& call) {
    engine::Engine& engine = call.services.engine;
    ATTUNE_TRY(auto catalogue, engine.catalogue().of(call.tenant()));
    ATTUNE_TRY(auto segments, engine.segments().of(call.tenant()));
    ATTUNE_TRY(auto experiments, engine.experiments().of(call.tenant()));
    return engine::PlacementCircumstances::as_they_are(
        std::move(catalogue), std::move(segments), std::move(experiments), engine.clock().now());
}

std::vector<std::string> warnings_of(const engine::Definition& saved,
                                     const engine::PlacementCircumstances& around) {
    auto placement = base::from_json<domain::Placement>(saved.now().body.text());
    if (!placement) return {};
    const auto compiled =
        engine::CompiledPlacement::compile(saved.id, saved.now().version, *std::move(placement));
    if (!compiled) return {};
    return engine::placement_warnings(**compiled, around.of(saved));
}

}  // namespace attune::api
