// One message of Segment's protocol as an Attune event.
#pragma once

#include "base/json.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/incoming_event.h"

#include <optional>
#include <string>
#include <string_view>

namespace attune::api::segment {

enum class Kind : std::uint8_t { identify, track, page, screen, group, alias };

// The kind that a batch's message names; empty when nobody knows it.
[[nodiscard]] std::optional<Kind> kind_of(std::string_view type);

// What a message shares with its batch, and with the request it came in.
struct Envelope {
    std::optional<base::JsonView> context;  // lies under each message's own
    std::optional<base::Time> sent_at;      // where a message has none
    base::Time received_at;
    std::string_view address;     // of the peer
    std::string_view user_agent;  // of the peer
    bool from_browser = false;    // by its route: the peer is the person's own device
};

// invalid_argument naming the field: no user and no anonymous id, no event name, no groupId, no previousId.
[[nodiscard]] Result<domain::IncomingEvent> event_of(base::JsonView message, Kind kind,
                                                     const Envelope& envelope);

}  // namespace attune::api::segment
