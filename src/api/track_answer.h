// From a collected body of events to its answer, for the routes that track.
#pragma once

#include "api/call.h"
#include "api/event_body.h"
#include "base/result.h"
#include "http/message.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace attune::api {

// What tracking has to know of a request after its buffer is gone.
struct TrackRequest {
    TrackRequest(const Call& call, std::optional<std::string> idempotency_key);

    [[nodiscard]] engine::Origin origin() const;
    // The id of an event that came without one, when the request has an Idempotency-Key: a retry counts once.
    [[nodiscard]] std::string derived_id(std::uint64_t index) const;
    [[nodiscard]] IdempotencyScope scope() const;
    [[nodiscard]] http::Response failure(const Error& error) const;

    const Services& services;
    engine::Caller caller;
    std::string address;
    std::string user_agent;
    std::string path;
    std::string request_id;
    std::optional<std::string> idempotency_key;
};

struct TrackBody {
    std::string_view body;
    EventShape shape = EventShape::exact;
    std::string_view wrapper = {};
};

// 200 with what was accepted and why the rest was not, once it is durable; 400 or 422 when nothing was. Events without an
// id get one derived from the request's Idempotency-Key where it has one.
[[nodiscard]] Result<http::Answer> track_body(Services& services, const TrackRequest& request,
                                              const TrackBody& how);

}  // namespace attune::api
