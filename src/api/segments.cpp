// /segments: names for the people whom a condition holds for; their history; and trying one before it is saved.
#include "engine/segment/segments.h"
#include "api/definition_answers.h"
#include "api/query.h"
#include "api/routes.h"
#include "api/schema.h"
#include "api/wire_segments.h"
#include "engine/decide/decider.h"

#include <algorithm>
#include <utility>

namespace attune::api {

namespace {

engine::Segments& segments_of(const Call& call) { return call.services.engine.segments(); }

std::string_view id_in(const Call& call) { return call.request.param("segment_id"); }

constexpr DefinitionNames kNames{.id = "segment_id", .there = [](const Call& call) {
                                     return segments_of(call).get(call.tenant(), id_in(call));
                                 }};

// As it is saved: checked, and with its members in their order.
Result<base::JsonText> segment_in(const Call& call) {
    ATTUNE_TRY(const auto body, definition_body(call, kNames));
    ATTUNE_TRY(const auto segment, base::from_json<domain::Segment>(body.text()));
    return base::JsonText::trusted(base::to_json(segment));
}

bool has_tag(const engine::Definition& definition, const std::optional<std::string>& tag) {
    if (!tag) return true;
    const auto segment = base::from_json<domain::Segment>(definition.now().body.text());
    return segment && std::ranges::find(segment->tags, *tag) != segment->tags.end();
}

Result<http::Answer> list_segments(const Call& call) {
    const auto tag = call.request.query_param("tag");
    ATTUNE_TRY(const auto all, segments_of(call).list(call.tenant()));
    return page_answer(
        call, *all, [&](const engine::Definition& one) { return has_tag(one, tag); },
        [](const engine::Definition& one) { return definition_json(kNames, one); });
}

Result<http::Answer> create_segment(const Call& call) {
    ATTUNE_TRY(auto body, segment_in(call));
    ATTUNE_TRY(const auto change, change_of_new(call));
    ATTUNE_TRY(const auto saved, segments_of(call).put(call.tenant(), new_definition_id(call),
                                                       std::move(body), change));
    return created_answer(kNames, saved, "/api/v1/segments");
}

Result<http::Answer> get_segment(const Call& call) {
    ATTUNE_TRY(const auto found,
               still_there(segments_of(call).get(call.tenant(), id_in(call)), "segment"));
    return definition_answer(200, kNames, found);
}

Result<http::Answer> put_segment(const Call& call) {
    ATTUNE_TRY(auto body, segment_in(call));
    ATTUNE_TRY(const auto change, change_of(call));
    ATTUNE_TRY(const auto saved,
               segments_of(call).put(call.tenant(), id_in(call), std::move(body), change));
    return definition_answer(saved_status(saved), kNames, saved);
}

Result<http::Answer> delete_segment(const Call& call) {
    ATTUNE_TRY(const auto change, change_of(call));
    ATTUNE_TRY_VOID(segments_of(call).remove(call.tenant(), id_in(call), change));
    return http::Answer{http::Response::json(204, {})};
}

Result<http::Answer> segment_history(const Call& call) {
    ATTUNE_TRY(const auto found, segments_of(call).get(call.tenant(), id_in(call)));
    return history_answer(found);
}

Result<http::Answer> revert_segment(const Call& call) {
    ATTUNE_TRY(const auto wanted, base::from_json<wire::Revert>(call.request.body));
    ATTUNE_TRY(auto change, change_of(call, wanted.note));
    ATTUNE_TRY(const auto saved, segments_of(call).revert(call.tenant(), id_in(call),
                                                          wanted.version, std::move(change)));
    return definition_answer(200, kNames, saved);
}

Result<http::Answer> test_segment(const Call& call) {
    ATTUNE_TRY(const auto wanted, base::from_json<wire::SegmentTest>(call.request.body));
    const auto segment = base::from_json<domain::Segment>(wanted.segment.text());
    if (!segment) return base::error_below("/segment", segment.error());
    std::optional<base::JsonDocument> data;
    if (!wanted.data.is_null()) {
        ATTUNE_TRY(data, base::JsonDocument::parse(wanted.data.text()));
    }
    ATTUNE_TRY(const auto trial, call.services.engine.decider().test(
                                     call.tenant(), *segment, wanted.user_id.value_or(""),
                                     data ? std::optional(data->root()) : std::nullopt));
    wire::SegmentTestReply reply{.matches = trial.matches, .value = {}, .trace = {}};
    if (trial.trace.value) reply.value = *trial.trace.value;
    for (const engine::LogicStep& step : trial.trace.steps)
        reply.trace.push_back({step.pointer, step.value});
    return json_answer(200, base::to_json(reply));
}

std::string schema_of_segment(base::SchemaSet& schemas) {
    return definition_schema(kNames, schemas.ref<domain::Segment>());
}

std::string schema_of_segments(base::SchemaSet& schemas) {
    return page_schema(schema_of_segment(schemas));
}

constexpr std::string_view kExample =
    R"({"name":"Regulars","description":"Whoever has come ten times","condition":{">=":[{"var":"session.count"},10]}})";

constexpr Param kListParams[] = {{"tag", "Only those with it."}, kPageLimit, kPageCursor};
constexpr Reply kListReplies[] = {{200, "A page of segments, by id.", schema_of_segments}};
constexpr Reply kMadeReplies[] = {{201, "The segment as it was saved.", schema_of_segment}};
constexpr Reply kShownReplies[] = {{200, "The segment.", schema_of_segment}};
constexpr Reply kPutReplies[] = {{200, "The segment as it was saved.", schema_of_segment},
                                 {201, "The same; it is new.", schema_of_segment}};
constexpr Reply kGoneReplies[] = {{204, "It is not in force any more. Its history stays."}};
constexpr Reply kHistoryReplies[] = {
    {200, "Its versions, newest first.", schema_of_list<wire::Revision>}};
constexpr Reply kTestReplies[] = {
    {200, "Whether they would be in it, and what each part of its condition came to.",
     schema_of<wire::SegmentTestReply>}};

constexpr Route kRoutes[] = {
    {.method = http::Method::get,
     .pattern = "/api/v1/segments",
     .id = "list_segments",
     .tag = "decide",
     .summary = "The segments",
     .access = Access::of_tenant(kAnalysts),
     .handler = list_segments,
     .query = kListParams,
     .replies = kListReplies,
     .waits = true},
    {.method = http::Method::post,
     .pattern = "/api/v1/segments",
     .id = "create_segment",
     .tag = "decide",
     .summary = "Save a new segment",
     .access = Access::of_tenant(kAdmins),
     .handler = create_segment,
     .body = {schema_of_segment, "The segment.", kExample},
     .replies = kMadeReplies,
     .waits = true},
    {.method = http::Method::post,
     .pattern = "/api/v1/segments:test",
     .id = "test_segment",
     .tag = "decide",
     .summary = "Try a segment on a person or on given data, without saving it",
     .access = Access::of_tenant(kReaders),
     .handler = test_segment,
     .body =
         {schema_of<wire::SegmentTest>, "The segment, and on what.",
          R"({"segment":{"name":"Pro","condition":{"==":[{"var":"profile.plan"},"pro"]}},"data":{"profile":{"plan":"pro"}}})"},
     .replies = kTestReplies,
     .idempotent = false},
    {.method = http::Method::get,
     .pattern = "/api/v1/segments/{segment_id}",
     .id = "get_segment",
     .tag = "decide",
     .summary = "A segment",
     .access = Access::of_tenant(kAnalysts),
     .handler = get_segment,
     .replies = kShownReplies},
    {.method = http::Method::put,
     .pattern = "/api/v1/segments/{segment_id}",
     .id = "put_segment",
     .tag = "decide",
     .summary = "Save a segment under an id",
     .access = Access::of_tenant(kAdmins),
     .handler = put_segment,
     .body = {schema_of_segment, "All of the segment; what is left out is at its default.",
              kExample},
     .replies = kPutReplies,
     .description = "With If-Match, only when the segment is still at that version. Segments that "
                    "ask for each other in a circle are refused.",
     .waits = true,
     .conditional = true},
    {.method = http::Method::del,
     .pattern = "/api/v1/segments/{segment_id}",
     .id = "delete_segment",
     .tag = "decide",
     .summary = "Remove a segment",
     .access = Access::of_tenant(kAdmins),
     .handler = delete_segment,
     .replies = kGoneReplies,
     .description = "Not while a rule, an experiment or another segment asks for it.",
     .waits = true,
     .conditional = true},
    {.method = http::Method::get,
     .pattern = "/api/v1/segments/{segment_id}/history",
     .id = "segment_history",
     .tag = "decide",
     .summary = "What a segment was, and who changed it when",
     .access = Access::of_tenant(kAnalysts),
     .handler = segment_history,
     .replies = kHistoryReplies},
    {.method = http::Method::post,
     .pattern = "/api/v1/segments/{segment_id}:revert",
     .id = "revert_segment",
     .tag = "decide",
     .summary = "Make a segment what it was",
     .access = Access::of_tenant(kAdmins),
     .handler = revert_segment,
     .body = {schema_of<wire::Revert>, "To which version.", R"({"version":1})"},
     .replies = kShownReplies,
     .waits = true,
     .conditional = true},
};

}  // namespace

std::span<const Route> people_segment_routes() { return kRoutes; }

}  // namespace attune::api
