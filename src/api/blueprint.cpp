// /definitions: what a tenant's people have decided, as one file.
#include "api/answers.h"
#include "api/definition_answers.h"
#include "api/query.h"
#include "api/routes.h"
#include "api/schema.h"
#include "engine/blueprint/describe.h"

namespace attune::api {

namespace {

Result<http::Answer> read_definitions(const Call& call) {
    ATTUNE_TRY(const auto file, call.services.engine.blueprint().read(call.tenant()));
    return json_answer(200, std::string(file.text()));
}

Result<http::Answer> apply_definitions(const Call& call) {
    ATTUNE_TRY(const bool dry_run, switch_in(call.request, "dry_run"));
    ATTUNE_TRY(const bool prune, switch_in(call.request, "prune"));
    ATTUNE_TRY(const auto change, change_of(call));
    ATTUNE_TRY(const auto plan,
               call.services.engine.blueprint().apply(
                   call.tenant(), call.request.body, {.dry_run = dry_run, .prune = prune}, change));
    return json_answer(200, base::to_json(plan));
}

std::string file_schema(base::SchemaSet&) {
    return R"({"type":"object","properties":{"segments":{"type":"object"},"experiments":{"type":"object"},"rules":{"type":"object"},"placements":{"type":"object"},)"
           R"("flags":{"type":["object","array"]},"$evaluators":{"type":"object"},"metadata":{"type":"object"}}})";
}

constexpr std::string_view kExample =
    R"({"segments":{"buyers":{"name":"Buyers","condition":{">":[{"var":"profile.behaviour.counts.purchase"},0]}}},)"
    R"("rules":{"thanks":{"name":"Thanks","condition":{"in_segment":"buyers"},"actions":[{"path":"ui.banner","value":"thanks"}]}}})";
constexpr Param kApplyParams[] = {
    {"dry_run", "true: says what would change, and whether it could, and changes nothing.",
     "boolean"},
    {"prune", "true: removes what the file does not name, of the kinds that it names.", "boolean"}};
constexpr Reply kReadReplies[] = {{200, "The file, as definitions:apply takes it.", file_schema}};
constexpr Reply kApplyReplies[] = {
    {200, "What was changed, or would be.", schema_of<engine::BlueprintPlan>}};

constexpr Route kRoutes[] = {
    {.method = http::Method::get,
     .pattern = "/api/v1/definitions",
     .id = "read_definitions",
     .tag = "decide",
     .summary = "All segments, experiments, rules, placements and flags as one file",
     .access = Access::of_tenant(kAnalysts),
     .handler = read_definitions,
     .replies = kReadReplies,
     .waits = true},
    {.method = http::Method::post,
     .pattern = "/api/v1/definitions:apply",
     .id = "apply_definitions",
     .tag = "decide",
     .summary = "Make the definitions what a file says",
     .access = Access::of_tenant(kAdmins),
     .handler = apply_definitions,
     .query = kApplyParams,
     .body = {file_schema, "The file; one of flagd will do.", kExample},
     .replies = kApplyReplies,
     .description =
         "A file that contradicts itself, or what stays, changes nothing. Experiments are "
         "saved as drafts; a file starts, ends and removes none.",
     .body_bytes_max = 8u << 20,
     .waits = true},
};

}  // namespace

std::span<const Route> blueprint_routes() { return kRoutes; }

}  // namespace attune::api
