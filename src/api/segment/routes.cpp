// The routes of Segment's tracking protocol: those of the servers' libraries, and the one-letter ones of the browser's.
#include "api/routes.h"
#include "api/call.h"
#include "api/object_text.h"
#include "api/segment/answer.h"
#include "api/segment/ingest.h"

namespace attune::api {

namespace {

using segment::Kind;

template <Kind kKind, bool kFromBrowser>
Result<http::Answer> one(const Call& call) {
    return segment::one(call, kKind, kFromBrowser);
}

template <bool kFromBrowser>
Result<http::Answer> batch(const Call& call) {
    return segment::batch(call, kFromBrowser);
}

// What the browser's library reads before it sends: nothing but its own destination, pointed back here. A write key stands in
// the pages that use it, so knowing whether it is valid helps nobody.
Result<http::Answer> settings(const Call& call) {
    ATTUNE_TRY(auto caller, call.services.authenticator.identify(call.request.param("write_key")));
    if (!kWriters.has(caller.role) || caller.role == Role::root) {
        return fail(Code::unauthenticated, "The write key is not valid.", "invalid_write_key");
    }
    ObjectText destination;
    destination.add_string("apiKey", call.request.param("write_key"));
    destination.add("addBundledMetadata", "true");
    if (auto host = call.request.header("host")) {
        destination.add_string("apiHost", std::string(*host) + "/v1");
        destination.add_string("protocol", call.request.tls ? "https" : "http");
    }
    ObjectText integrations;
    integrations.add("Segment.io", std::move(destination).finish());
    ObjectText out;
    out.add("integrations", std::move(integrations).finish());
    out.add(
        "plan",
        R"({"track":{"__default":{"enabled":true,"integrations":{}}},"identify":{"__default":{"enabled":true}},"group":{"__default":{"enabled":true}}})");
    out.add("edgeFunction", "{}");
    out.add("analyticsNextEnabled", "true");
    out.add("middlewareSettings", "{}");
    out.add("enabledMiddleware", "{}");
    out.add("legacyVideoPluginsEnabled", "false");
    out.add("remotePlugins", "[]");
    return http::Answer{http::Response::json(200, std::string(std::move(out).finish().text()))};
}

std::string message_schema(base::SchemaSet&) {
    return R"({"type":"object","properties":{"messageId":{"type":"string"},"userId":{"type":"string"},"anonymousId":{"type":"string"},)"
           R"("timestamp":{"type":"string","format":"date-time"},"sentAt":{"type":"string","format":"date-time"},"writeKey":{"type":"string"},)"
           R"("event":{"type":"string"},"name":{"type":"string"},"category":{"type":"string"},"groupId":{"type":"string"},"previousId":{"type":"string"},)"
           R"("properties":{"type":"object"},"traits":{"type":"object"},"context":{"type":"object"},"integrations":{"type":"object"}}})";
}

std::string batch_schema(base::SchemaSet& schemas) {
    return R"({"type":"object","properties":{"batch":{"type":"array","maxItems":2500,"items":)" +
           message_schema(schemas) +
           R"(},"writeKey":{"type":"string"},"sentAt":{"type":"string","format":"date-time"},"context":{"type":"object"},"integrations":{"type":"object"}},"required":["batch"]})";
}

std::string success_schema(base::SchemaSet&) {
    return R"({"type":"object","properties":{"success":{"const":true}},"required":["success"]})";
}

std::string any_object(base::SchemaSet&) { return R"({"type":"object"})"; }

constexpr RoleSet kWriteKeys{Role::admin, Role::service, Role::ingest};
constexpr Reply kReplies[] = {{200, "Durable.", success_schema}};
constexpr Reply kSettingsReplies[] = {
    {200, "What the browser's library needs to know.", any_object}};
// A little above the batch's own limit, so that what exceeds it is told so in Segment's words.
constexpr std::uint64_t kBodyBytesMax = 2 * segment::kBatchBytesMax;

constexpr Route segment_route(std::string_view pattern, std::string_view id,
                              std::string_view summary, Handler handler, bool batch = false) {
    return {.method = http::Method::post,
            .pattern = pattern,
            .id = id,
            .tag = "segment",
            .summary = summary,
            .access = Access::by_write_key(kWriteKeys),
            .handler = handler,
            .body = {batch ? batch_schema : message_schema, "As Segment's tracking API has it."},
            .replies = kReplies,
            .body_bytes_max = kBodyBytesMax,
            .any_origin = true,
            .idempotent = false};
}

constexpr Route kRoutes[] = {
    segment_route("/v1/identify", "segment_identify", "Who somebody is",
                  one<Kind::identify, false>),
    segment_route("/v1/track", "segment_track", "What somebody did", one<Kind::track, false>),
    segment_route("/v1/page", "segment_page", "A page was seen", one<Kind::page, false>),
    segment_route("/v1/screen", "segment_screen", "A screen was seen", one<Kind::screen, false>),
    segment_route("/v1/group", "segment_group", "Somebody belongs to a group",
                  one<Kind::group, false>),
    segment_route("/v1/alias", "segment_alias", "Two ids are one person", one<Kind::alias, false>),
    segment_route("/v1/batch", "segment_batch", "Many calls at once", batch<false>, true),
    segment_route("/v1/import", "segment_import", "Many calls at once", batch<false>, true),
    segment_route("/v1/i", "segment_i", "identify, from a browser", one<Kind::identify, true>),
    segment_route("/v1/t", "segment_t", "track, from a browser", one<Kind::track, true>),
    segment_route("/v1/p", "segment_p", "page, from a browser", one<Kind::page, true>),
    segment_route("/v1/s", "segment_s", "screen, from a browser", one<Kind::screen, true>),
    segment_route("/v1/g", "segment_g", "group, from a browser", one<Kind::group, true>),
    segment_route("/v1/a", "segment_a", "alias, from a browser", one<Kind::alias, true>),
    segment_route("/v1/b", "segment_b", "batch, from a browser", batch<true>, true),
    {.method = http::Method::get,
     .pattern = "/v1/projects/{write_key}/settings",
     .id = "segment_settings",
     .tag = "segment",
     .summary = "What the browser's library reads before it sends",
     .access = Access::by_write_key(kWriteKeys),
     .handler = settings,
     .replies = kSettingsReplies,
     .any_origin = true,
     .idempotent = false},
};

}  // namespace

std::span<const Route> segment_routes() { return kRoutes; }

}  // namespace attune::api
