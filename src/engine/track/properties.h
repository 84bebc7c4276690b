// The properties of an event: what the sender put there and the fields we do not know, as one object; held against the
// limits, and against what their kind of event needs ("$alias" a previous_id, "rating" a number).
//
//     ATTUNE_TRY(auto properties, read_properties(event, kind, rules, redaction));
//     properties.json, properties.item_id, properties.value
//
// Segment's shapes name the item and the number inside the properties (product_id, revenue, rating). They are found
// there, so that one event means the same whichever way it came. Pure and thread-safe.
#pragma once

#include "domain/event_kind.h"
#include "domain/incoming_event.h"
#include "engine/track/redact.h"
#include "engine/track/tracker.h"
#include "engine/track/wrong_fields.h"

#include <optional>
#include <string>

namespace attune::engine {

struct Properties {
    base::JsonText json;
    std::optional<std::string> item_id;  // where the event itself has none
    std::optional<double> value;         // likewise
    std::optional<double> scale_max;     // of a rating, when it is not 5
    std::optional<std::string> page;     // of a page or screen
    std::optional<std::string> referrer;
    std::optional<std::string> previous_id;  // of $alias
};

// Takes the event's properties and extra fields. Everything wrong is noted in `wrong`; then the answer means nothing.
[[nodiscard]] Properties read_properties(domain::IncomingEvent& event, domain::EventKind kind,
                                         const TrackOptions& options,
                                         const AddressRedaction& redaction, WrongFields& wrong);

}  // namespace attune::engine
