// What an event must look like, whatever it is about: who, what, and numbers that mean something.
// Pure functions, thread-safe.
#pragma once

#include "domain/event_kind.h"
#include "domain/incoming_event.h"
#include "engine/track/tracker.h"
#include "engine/track/wrong_fields.h"

#include <string_view>

namespace attune::engine {

// Valid UTF-8 without U+0000. Ids are otherwise opaque: "é" in one code point and in two are two ids.
[[nodiscard]] bool is_clean_text(std::string_view text) noexcept;

// Ids, the name, and that there is somebody the event is about.
void check_names(const domain::IncomingEvent& event, domain::EventKind kind,
                 const TrackOptions& options, WrongFields& wrong);

// A rating is from 0 to 5, a scroll depth from 0 to 1, a dwell time in seconds and not below 0; any other
// value is finite and within ±10^12.
void check_value(domain::EventKind kind, double value, WrongFields& wrong);
[[nodiscard]] bool is_value_in_range(domain::EventKind kind, double value) noexcept;

}  // namespace attune::engine
