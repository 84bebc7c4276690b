// Events out of a request's body, one by one: what is wrong with one of them is remembered beside the others and
// never costs them.
#pragma once

#include "base/json.h"
#include "base/result.h"
#include "domain/incoming_event.h"
#include "engine/track/tracker.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace attune::api {

enum class EventShape : std::uint8_t {
    exact,     // Attune's own event
    friendly,  // the same, and "interaction_type" or "type" for "event", "timestamp" for "time"
};

// What the fields of a friendly event that have several names were called where it was sent.
struct SentNames {
    std::string_view event = "event";  // of static storage
    std::string_view time = "time";
};

struct EventBody {
    std::vector<domain::IncomingEvent> events;  // the readable ones
    std::vector<std::size_t> places;            // where each stands in the request
    std::vector<SentNames> names;               // of each
    std::vector<engine::Rejected> rejected;     // the others, by place
    std::size_t count = 0;                      // all of them
    bool single = false;                        // the body was one event, not a list
    std::string pointer;                        // of the list: "" or "/interactions"

    // An error of the readable event `index`, with pointers into what was sent.
    [[nodiscard]] Error as_sent(std::size_t index, Error error) const;
};

// One event of Attune's own.
[[nodiscard]] Result<domain::IncomingEvent> read_event(base::JsonView value);

// One event, an array of events, or an object whose only member is `wrapper` ("interactions") with such an array. An event
// that is no JSON is rejected like any other that is wrong. Fails as a whole when the body around the events is no JSON, when
// nobody can say where one of them ends, when there is none, or more than `events_max` (reason "too_large").
[[nodiscard]] Result<EventBody> read_events(std::string_view bytes, EventShape shape,
                                            std::string_view wrapper, std::size_t events_max,
                                            const base::JsonLimits& limits);

}  // namespace attune::api
