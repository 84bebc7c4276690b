#include "api/segment/ingest.h"

#include "api/dispatch.h"
#include "api/list_body.h"
#include "api/segment/answer.h"
#include "api/segment/values.h"
#include "engine/track/tracker.h"
#include "http/text.h"

#include <utility>
#include <vector>

namespace attune::api::segment {

namespace {

// A single message is a body without a list.
Result<ListBody> parse(std::string_view bytes, std::string_view list) {
    base::JsonLimits limits;
    limits.bytes_max = kBatchBytesMax;
    ATTUNE_TRY(auto body, ListBody::parse(bytes, list, kMessagesMax, limits));
    if (!body.root().is_object()) {
        return fail(Code::invalid_argument, "The body must be a JSON object.", "invalid_json");
    }
    return body;
}

Envelope envelope_of(const Call& call, bool from_browser) {
    Envelope envelope;
    envelope.received_at = call.services.engine.clock().now();
    envelope.address = call.request.peer;
    envelope.user_agent = call.request.header("user-agent").value_or("");
    envelope.from_browser = from_browser;
    return envelope;
}

Result<engine::Tracked> track(const Call& call, const engine::Caller& caller,
                              std::vector<domain::IncomingEvent> events) {
    // What the peer tells of the person stands in each event's context already, where it tells anything.
    engine::Origin origin;
    origin.source = "segment";
    origin.address_is_client = false;
    return call.services.engine.tracker().track(caller.tenant, std::move(events), origin);
}

Result<domain::IncomingEvent> batch_event(base::JsonView message, const Envelope& envelope) {
    const auto type = message.find("type");
    const auto name = type ? type->as_string() : std::nullopt;
    const auto kind = name ? kind_of(*name) : std::nullopt;
    if (!kind) return fail_field("/type", "must be one of the six calls");
    if (message.text().text().size() > kMessageBytesMax) {
        return fail(Code::invalid_argument, "The message has more than 32 KB.", "too_large");
    }
    return event_of(message, *kind, envelope);
}

}  // namespace

Result<engine::Caller> caller_of(const Call& call, base::JsonView body) {
    const auto authorization = call.request.header("authorization").value_or("");
    std::optional<std::string> key = basic_user(http::trimmed(authorization));
    if (!key || key->empty()) key = id_of(body.find("writeKey"));
    if (!key) {
        if (auto token = bearer_token(http::trimmed(authorization))) key = std::string(*token);
    }
    if (!key) {
        if (auto header = call.request.header("x-api-key")) key = std::string(*header);
    }
    if (!key) {
        return fail(Code::unauthenticated,
                    "A write key is needed: as Basic user name, or as writeKey in the body.",
                    "missing_write_key");
    }
    auto caller = call.services.authenticator.identify(*key);
    if (!caller) {
        if (caller.error().code != Code::unauthenticated) return caller;
        return fail(Code::unauthenticated, "The write key is not valid.", "invalid_write_key");
    }
    ATTUNE_TRY_VOID(admit_caller(call.route, *caller, call.request));
    return caller;
}

Result<http::Answer> one(const Call& call, Kind kind, bool from_browser) {
    ATTUNE_TRY(const auto body, parse(call.request.body, {}));
    ATTUNE_TRY(auto caller, caller_of(call, body.root()));
    if (call.request.body.size() > kMessageBytesMax) {
        return fail(Code::invalid_argument, "The message has more than 32 KB.", "too_large");
    }
    const Envelope envelope = envelope_of(call, from_browser);
    ATTUNE_TRY(auto event, event_of(body.root(), kind, envelope));
    std::vector<domain::IncomingEvent> events;
    events.push_back(std::move(event));
    ATTUNE_TRY(auto tracked, track(call, caller, std::move(events)));
    if (!tracked.rejected.empty())
        return std::unexpected(std::move(tracked.rejected.front().error));
    return http::Answer{success(), std::move(tracked.ticket)};
}

Result<http::Answer> batch(const Call& call, bool from_browser) {
    ATTUNE_TRY(const auto body, parse(call.request.body, "batch"));
    const base::JsonView root = body.root();
    ATTUNE_TRY(auto caller, caller_of(call, root));
    const auto messages = root.find("batch");
    if (!messages || !messages->is_array()) {
        return fail(Code::invalid_argument, "The body must hold an array called batch.",
                    "invalid_request");
    }
    const std::size_t size = body.size(*messages);
    if (size > kMessagesMax) {
        return fail(Code::invalid_argument, "A batch has at most 2,500 messages.", "too_large");
    }
    Envelope envelope = envelope_of(call, from_browser);
    envelope.context = root.find("context");
    envelope.sent_at = time_of(root.find("sentAt"));
    std::vector<domain::IncomingEvent> events;
    events.reserve(size);
    body.visit(*messages, [&](Result<base::JsonView> message) {
        if (!message) return;
        if (auto event = batch_event(*message, envelope)) events.push_back(std::move(*event));
    });
    std::size_t dropped = size - events.size();
    http::Answer answer{success()};
    if (!events.empty()) {
        ATTUNE_TRY(auto tracked, track(call, caller, std::move(events)));
        // The client sends the whole batch again; what was taken counts once, by its messageId.
        if (const Error* full = tracked.refused_for_now()) return std::unexpected(*full);
        dropped += tracked.rejected.size();
        answer.after = std::move(tracked.ticket);
    }
    call.services.metrics.count_dropped(dropped);
    return answer;
}

}  // namespace attune::api::segment
