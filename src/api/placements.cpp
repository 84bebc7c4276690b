// /placements: places where items are shown, and how they are chosen for each; with their history.
#include "api/definition_answers.h"
#include "api/placement_answers.h"
#include "api/query.h"
#include "api/routes.h"
#include "api/schema.h"
#include "base/json.h"
#include "domain/describe_placement.h"
#include "engine/catalogue/catalogue.h"
#include "engine/engine.h"
#include "engine/recommend/placement_review.h"
#include "engine/recommend/placement_set.h"

#include <algorithm>
#include <utility>

namespace attune::api {

namespace {

engine::Placements& placements_of(const Call& call) { return call.services.engine.placements(); }

std::string_view id_in(const Call& call) { return call.request.param("placement_id"); }

constexpr DefinitionNames kNames{.id = "placement_id", .there = [](const Call& call) {
                                     return placements_of(call).get(call.tenant(), id_in(call));
                                 }};

// As it is saved: checked, and with its members in their order.
Result<base::JsonText> placement_in(const Call& call) {
    ATTUNE_TRY(const auto body, definition_body(call, kNames));
    ATTUNE_TRY(auto placement, base::from_json<domain::Placement>(body.text()));
    auto text = base::JsonText::trusted(base::to_json(placement));
    ATTUNE_TRY(const auto compiled,
               engine::CompiledPlacement::compile({}, 0, std::move(placement)));
    ATTUNE_TRY_VOID(engine::check_sense(*compiled));
    ATTUNE_TRY(const auto catalogue, call.services.engine.catalogue().of(call.tenant()));
    ATTUNE_TRY_VOID(engine::check_costs(*compiled, *catalogue, call.services.engine.clock().now()));
    return text;
}

Result<http::Answer> saved_answer(const Call& call, unsigned status,
                                  const engine::Definition& saved) {
    ATTUNE_TRY(const auto around, placement_circumstances(call));
    return definition_answer(status, kNames, saved, warnings_of(saved, around));
}

bool has_tag(const engine::Definition& definition, const std::optional<std::string>& tag) {
    if (!tag) return true;
    const auto placement = base::from_json<domain::Placement>(definition.now().body.text());
    return placement && std::ranges::find(placement->tags, *tag) != placement->tags.end();
}

Result<http::Answer> list_placements(const Call& call) {
    const auto tag = call.request.query_param("tag");
    ATTUNE_TRY(const auto all, placements_of(call).list(call.tenant()));
    ATTUNE_TRY(const auto around, placement_circumstances(call));
    return page_answer(
        call, *all, [&](const engine::Definition& one) { return has_tag(one, tag); },
        [&](const engine::Definition& one) {
            return definition_json(kNames, one, warnings_of(one, around));
        });
}

Result<http::Answer> create_placement(const Call& call) {
    ATTUNE_TRY(auto body, placement_in(call));
    ATTUNE_TRY(const auto change, change_of_new(call));
    ATTUNE_TRY(const auto saved, placements_of(call).put(call.tenant(), new_definition_id(call),
                                                         std::move(body), change));
    ATTUNE_TRY(const auto around, placement_circumstances(call));
    return created_answer(kNames, saved, "/api/v1/placements", warnings_of(saved, around));
}

Result<http::Answer> get_placement(const Call& call) {
    ATTUNE_TRY(const auto found,
               still_there(placements_of(call).get(call.tenant(), id_in(call)), "placement"));
    return saved_answer(call, 200, found);
}

Result<http::Answer> put_placement(const Call& call) {
    ATTUNE_TRY(auto body, placement_in(call));
    ATTUNE_TRY(const auto change, change_of(call));
    ATTUNE_TRY(const auto saved,
               placements_of(call).put(call.tenant(), id_in(call), std::move(body), change));
    return saved_answer(call, saved_status(saved), saved);
}

Result<http::Answer> delete_placement(const Call& call) {
    ATTUNE_TRY(const auto change, change_of(call));
    ATTUNE_TRY_VOID(placements_of(call).remove(call.tenant(), id_in(call), change));
    return http::Answer{http::Response::json(204, {})};
}

Result<http::Answer> placement_history(const Call& call) {
    ATTUNE_TRY(const auto found, placements_of(call).get(call.tenant(), id_in(call)));
    return history_answer(found);
}

Result<http::Answer> revert_placement(const Call& call) {
    ATTUNE_TRY(const auto wanted, base::from_json<wire::Revert>(call.request.body));
    ATTUNE_TRY(auto change, change_of(call, wanted.note));
    ATTUNE_TRY(const auto saved, placements_of(call).revert(call.tenant(), id_in(call),
                                                            wanted.version, std::move(change)));
    return saved_answer(call, 200, saved);
}

std::string schema_of_placement(base::SchemaSet& schemas) {
    return definition_schema(kNames, schemas.ref<domain::Placement>(), kPlacementWarnings);
}

std::string schema_of_placements(base::SchemaSet& schemas) {
    return page_schema(schema_of_placement(schemas));
}

constexpr std::string_view kExample =
    R"({"name":"Home, first row","filter":{"!=":[{"var":"item.brand"},"acme"]},"exclude_seen":[{"events":["purchase"],"within_days":90}],"caps":[{"by":"brand","max":2}]})";

constexpr Param kListParams[] = {{"tag", "Only those with it."}, kPageLimit, kPageCursor};
constexpr Reply kListReplies[] = {{200, "A page of placements, by id.", schema_of_placements}};
constexpr Reply kMadeReplies[] = {{201, "The placement as it was saved.", schema_of_placement}};
constexpr Reply kShownReplies[] = {{200, "The placement.", schema_of_placement}};
constexpr Reply kPutReplies[] = {{200, "The placement as it was saved.", schema_of_placement},
                                 {201, "The same; it is new.", schema_of_placement}};
constexpr Reply kGoneReplies[] = {{204, "It is not in force any more. Its history stays."}};
constexpr Reply kHistoryReplies[] = {
    {200, "Its versions, newest first.", schema_of_list<wire::Revision>}};
constexpr Route kRoutes[] = {
    {.method = http::Method::get,
     .pattern = "/api/v1/placements",
     .id = "list_placements",
     .tag = "recommend",
     .summary = "The placements",
     .access = Access::of_tenant(kAnalysts),
     .handler = list_placements,
     .query = kListParams,
     .replies = kListReplies,
     .waits = true},
    {.method = http::Method::post,
     .pattern = "/api/v1/placements",
     .id = "create_placement",
     .tag = "recommend",
     .summary = "Save a new placement",
     .access = Access::of_tenant(kAdmins),
     .handler = create_placement,
     .body = {schema_of_placement, "The placement.", kExample},
     .replies = kMadeReplies,
     .waits = true},
    {.method = http::Method::get,
     .pattern = "/api/v1/placements/{placement_id}",
     .id = "get_placement",
     .tag = "recommend",
     .summary = "A placement",
     .access = Access::of_tenant(kAnalysts),
     .handler = get_placement,
     .replies = kShownReplies},
    {.method = http::Method::put,
     .pattern = "/api/v1/placements/{placement_id}",
     .id = "put_placement",
     .tag = "recommend",
     .summary = "Save a placement under an id",
     .access = Access::of_tenant(kAdmins),
     .handler = put_placement,
     .body = {schema_of_placement, "All of the placement; what is left out is at its default.",
              kExample},
     .replies = kPutReplies,
     .description = "With If-Match, only when the placement is still at that version.",
     .waits = true,
     .conditional = true},
    {.method = http::Method::del,
     .pattern = "/api/v1/placements/{placement_id}",
     .id = "delete_placement",
     .tag = "recommend",
     .summary = "Remove a placement",
     .access = Access::of_tenant(kAdmins),
     .handler = delete_placement,
     .replies = kGoneReplies,
     .waits = true,
     .conditional = true},
    {.method = http::Method::get,
     .pattern = "/api/v1/placements/{placement_id}/history",
     .id = "placement_history",
     .tag = "recommend",
     .summary = "What a placement was, and who changed it when",
     .access = Access::of_tenant(kAnalysts),
     .handler = placement_history,
     .replies = kHistoryReplies},
    {.method = http::Method::post,
     .pattern = "/api/v1/placements/{placement_id}:revert",
     .id = "revert_placement",
     .tag = "recommend",
     .summary = "Make a placement what it was",
     .access = Access::of_tenant(kAdmins),
     .handler = revert_placement,
     .body = {schema_of<wire::Revert>, "To which version.", R"({"version":1})"},
     .replies = kShownReplies,
     .waits = true,
     .conditional = true},
};

}  // namespace

std::span<const Route> placement_routes() { return kRoutes; }

}  // namespace attune::api
