#include "api/track_answer.h"

#include "api/answers.h"
#include "api/dispatch.h"
#include "api/edits.h"
#include "api/line_results.h"

#include <algorithm>
#include <utility>

namespace attune::api {

namespace {

constexpr std::size_t kErrorsListedMax = 1'000;

// Nothing was taken: one problem with the pointers of all, "/3/time" in a list.
Error nothing_accepted(const EventBody& read) {
    const std::vector<engine::Rejected>& rejected = read.rejected;
    Error error{Code::invalid_argument, "No event could be accepted.", {}, {}};
    const auto is_full = [](const auto& one) { return one.error.reason == "people_max"; };
    const auto is_readable = [&](const auto& one) {
        return is_full(one) || one.error.reason == "unprocessable";
    };
    if (std::ranges::all_of(rejected, is_full)) {
        error.code = Code::resource_exhausted;
        error.reason = "people_max";
    } else if (std::ranges::all_of(rejected, is_readable)) {
        error.reason = "unprocessable";
    }
    for (const engine::Rejected& one : rejected) {
        const std::string prefix =
            read.single ? "" : read.pointer + "/" + std::to_string(one.index);
        for (wire::Problem& problem : problems_of(one.error)) {
            if (error.fields.size() == kErrorsListedMax) return error;
            error.fields.push_back({prefix + problem.pointer, std::move(problem.detail)});
        }
    }
    if (read.single && !rejected.empty()) error.message = rejected.front().error.message;
    return error;
}

wire::TrackReply reply_of(engine::Tracked& tracked, EventBody& read) {
    wire::TrackReply reply;
    reply.accepted = tracked.accepted;
    reply.duplicates = tracked.duplicates;
    reply.ids.resize(read.count);
    for (std::size_t i = 0; i < tracked.ids.size(); ++i) {
        if (!tracked.ids[i].empty()) reply.ids[read.places[i]] = std::move(tracked.ids[i]);
    }
    reply.rejected.reserve(read.rejected.size());
    for (const engine::Rejected& one : read.rejected) {
        reply.rejected.push_back({one.index, problems_of(one.error)});
    }
    return reply;
}

Result<http::Answer> track_read(Services& services, const TrackRequest& request, EventBody read) {
    if (request.idempotency_key) {
        for (std::size_t i = 0; i < read.events.size(); ++i) {
            if (!read.events[i].id) read.events[i].id = request.derived_id(read.places[i]);
        }
    }
    engine::Tracked tracked;
    if (!read.events.empty()) {
        ATTUNE_TRY(tracked, services.engine.tracker().track(
                                request.caller.tenant, std::move(read.events), request.origin()));
    }
    const Error* const full = tracked.refused_for_now();
    const bool refused_for_now = full != nullptr;
    // With nothing taken, the request as a whole can be sent again.
    if (refused_for_now && tracked.accepted + tracked.duplicates == 0) {
        return std::unexpected(*full);
    }
    for (engine::Rejected& one : tracked.rejected) {
        read.rejected.push_back(
            {read.places[one.index], read.as_sent(one.index, std::move(one.error))});
    }
    std::ranges::sort(read.rejected, {}, &engine::Rejected::index);
    if (read.rejected.size() == read.count) {
        return std::unexpected(nothing_accepted(read));
    }
    http::Response response = http::Response::json(200, base::to_json(reply_of(tracked, read)));
    if (refused_for_now) response.with("Retry-After", "1");
    return http::Answer{std::move(response), std::move(tracked.ticket)};
}

}  // namespace

TrackRequest::TrackRequest(const Call& call, std::optional<std::string> key)
    : services(call.services),
      caller(call.caller),
      address(call.request.peer),
      user_agent(call.request.header("user-agent").value_or("")),
      path(call.request.path),
      request_id(call.request.request_id),
      idempotency_key(std::move(key)) {}

engine::Origin TrackRequest::origin() const {
    engine::Origin origin;
    origin.source = "api";
    origin.address = address;
    origin.user_agent = user_agent;
    // A key that may live in a browser speaks for the browser's own user; the others for a server.
    origin.address_is_client = caller.role == Role::ingest;
    return origin;
}

IdempotencyScope TrackRequest::scope() const { return scope_of(caller, http::Method::post, path); }

std::string TrackRequest::derived_id(std::uint64_t index) const {
    return derived_event_id(scope(), *idempotency_key, index);
}

http::Response TrackRequest::failure(const Error& error) const {
    http::Request request;
    request.path = path;
    request.request_id = request_id;
    return error_response(services, request, error);
}

Result<http::Answer> track_body(Services& services, const TrackRequest& request,
                                const TrackBody& how) {
    ATTUNE_TRY(const auto settings, services.engine.tenants().settings(request.caller.tenant));
    base::JsonLimits limits;
    limits.bytes_max = services.options.track_body_bytes_max;
    ATTUNE_TRY(auto read, read_events(how.body, how.shape, how.wrapper,
                                      settings->limits.batch_events_max, limits));
    return track_read(services, request, std::move(read));
}

}  // namespace attune::api
