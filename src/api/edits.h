// Explicit edits of a person: they are events like all others, but taken together or not at all.
#pragma once

#include "api/call.h"
#include "base/result.h"
#include "base/ticket.h"
#include "domain/incoming_event.h"
#include "engine/track/tracker.h"

#include <string>
#include <string_view>
#include <vector>

namespace attune::api {

// Checks every event first and applies them only when all are right. `pointers[i]` is where the i-th event stands in the
// request, so that its errors name the client's own fields. The ticket completes when they are durable.
[[nodiscard]] Result<base::Ticket> apply_edits(const Call& call,
                                               std::vector<domain::IncomingEvent> events,
                                               const std::vector<std::string>& pointers);

// Where the request came from, as the tracker wants to know it. Its views live as long as the request.
[[nodiscard]] engine::Origin origin_of(const http::Request& request, std::string_view source,
                                       bool address_is_client);

}  // namespace attune::api
