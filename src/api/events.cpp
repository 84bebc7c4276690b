// /events and the interaction routes: the way in. Everything is acknowledged when it is durable, not before.
#include "api/answers.h"
#include "api/call.h"
#include "api/event_upload.h"
#include "api/routes.h"
#include "api/schema.h"
#include "api/track_answer.h"
#include "api/wire.h"
#include "domain/describe.h"
#include "http/text.h"

#include <limits>
#include <utility>

namespace attune::api {

namespace {

Result<std::optional<std::string>> idempotency_key(const http::Request& request) {
    auto header = request.header("idempotency-key");
    if (!header) return std::optional<std::string>{};
    ATTUNE_TRY(auto key, parse_idempotency_key(*header));
    return std::optional<std::string>{std::move(key)};
}

Result<std::unique_ptr<http::BodySink>> upload_events(const Call& call) {
    ATTUNE_TRY(auto key, idempotency_key(call.request));
    const bool in_lines = names_lines(call.request.header("accept").value_or(""));
    return std::make_unique<EventUpload>(call, in_lines, std::move(key));
}

Result<http::Answer> track(const Call& call, std::string_view wrapper) {
    ATTUNE_TRY(auto key, idempotency_key(call.request));
    return track_body(call.services, TrackRequest(call, std::move(key)),
                      {call.request.body, EventShape::friendly, wrapper});
}

Result<http::Answer> track_interaction(const Call& call) { return track(call, {}); }
Result<http::Answer> track_interactions(const Call& call) { return track(call, "interactions"); }

constexpr Reply kReplies[] = {
    {200, "Durable. What was accepted, and why the rest was not.", schema_of<wire::TrackReply>}};
constexpr Reply kUploadReplies[] = {
    {200, "Durable. What was accepted, and why the rest was not.", schema_of<wire::TrackReply>},
    {400, "Nothing was accepted.", schema_of<wire::ProblemDocument>, "application/problem+json"}};

constexpr std::uint64_t kListBytesMax = 8u << 20;

constexpr Route kRoutes[] = {
    {.method = http::Method::post,
     .pattern = "/api/v1/events",
     .id = "track_events",
     .tag = "events",
     .summary = "Send events: one, an array, or NDJSON of any length",
     .access = Access::of_tenant(kWriters),
     .stream = upload_events,
     .body = {schema_of_one_or_more_events,
              "One event, an array of them, or one a line as application/x-ndjson.",
              R"({"user_id":"ann","event":"view","item_id":"app-7"})", "application/x-ndjson"},
     .replies = kUploadReplies,
     .description =
         "Answered when everything accepted is on disk. A wrong event never costs its neighbours. "
         "An `id` makes a retry count once; with an Idempotency-Key, ids are derived for events "
         "that have none. NDJSON answers a summary with `lines`, `accepted`, `duplicates`, "
         "`rejected_total` and the first `rejected`; with `Accept: application/x-ndjson`, one line "
         "for each line, then the summary.",
     .body_bytes_max = std::numeric_limits<std::uint64_t>::max(),
     .any_origin = true},
    {.method = http::Method::post,
     .pattern = "/api/v1/personalization/track-interaction",
     .id = "track_interaction",
     .tag = "events",
     .summary = "Send one interaction",
     .access = Access::of_tenant(kWriters),
     .handler = track_interaction,
     .body =
         {schema_of<domain::IncomingEvent>,
          "An event; `interaction_type` or `type` may stand for `event`, `timestamp` for `time`.",
          R"({"user_id":"ann","interaction_type":"rating","item_id":"app-7","value":4})"},
     .replies = kReplies,
     .any_origin = true},
    {.method = http::Method::post,
     .pattern = "/api/v1/personalization/track-interactions",
     .id = "track_interactions",
     .tag = "events",
     .summary = "Send many interactions",
     .access = Access::of_tenant(kWriters),
     .handler = track_interactions,
     .body = {schema_of_events, "An array, or {\"interactions\": [...]}.",
              R"({"interactions":[{"user_id":"ann","type":"view","item_id":"app-7"}]})"},
     .replies = kReplies,
     .body_bytes_max = kListBytesMax,
     .any_origin = true},
};

}  // namespace

std::span<const Route> event_routes() { return kRoutes; }

}  // namespace attune::api
