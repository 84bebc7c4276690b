// Event: one thing that somebody did, said or was shown. Everything that Attune knows about a person is a fold
// over their events, so an event is complete in itself: what enrichment found out (device, session clock, country, local
// hour) stands in it, and folding it needs nothing else.
#pragma once

#include "base/id128.h"
#include "base/json_text.h"
#include "base/time.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace attune::domain {

// What the server found out about an event when it came in. None of it is taken from later knowledge, so that
// the fold of an event does not depend on what else was known when it arrived.
struct Enrichment {
    std::optional<std::string> device;   // "desktop", "mobile", "tablet", "tv", "bot", "other"
    std::optional<std::string> os;       // "iOS 17.1"
    std::optional<std::string> browser;  // "Firefox 128"
    std::optional<std::string> app_version;
    std::optional<std::string> locale;  // "de-CH"
    std::optional<std::string>
        country;  // ISO 3166-1 alpha-2, from the address when a MaxMind file is configured
    std::optional<std::string> ip;  // truncated: the last octet, or the last 80 bits, are zero
    std::optional<std::string> time_zone;       // IANA name
    std::optional<std::int32_t> local_hour;     // 0–23 in that zone, else UTC
    std::optional<std::int32_t> local_weekday;  // 0 Monday – 6 Sunday
    std::optional<std::string> page;
    std::optional<std::string> referrer;
    std::optional<std::string> campaign;
    std::optional<std::string> source;  // "api", "segment", "import", "library", "simulate"
};

// As it is on the wire, plus what the server added. `time` is when it happened (clock skew corrected),
// `received_at` when we heard of it.
struct Event {
    std::string id;
    std::optional<std::string> user_id;
    std::optional<std::string> anonymous_id;
    std::string event;  // "view", "purchase", "rating", … or any name of the tenant's own
    std::optional<std::string> item_id;
    std::optional<double>
        value;  // a rating, a price paid, a dwell time in seconds, a scroll depth in 0…1
    std::optional<std::string> decision_id;
    base::JsonText properties;
    base::JsonText context;
    base::Time time;
    base::Time received_at;
    Enrichment enriched;
};

// The event names that carry meaning of their own; every other name is counted and kept just the same.
// Their weights and half-lives are a table of the tenant's (engine/track/weights.h).
namespace event_names {
inline constexpr std::string_view kIdentify = "$identify";  // properties are traits
inline constexpr std::string_view kAlias = "$alias";        // properties.previous_id
inline constexpr std::string_view kGroup = "$group";      // properties.group_id, properties.traits
inline constexpr std::string_view kConsent = "$consent";  // properties: {purpose: granted}
inline constexpr std::string_view kPreference =
    "$preference";                                        // properties: key, value, category, …
inline constexpr std::string_view kRectify = "$rectify";  // properties: what a person corrected
inline constexpr std::string_view kMerge =
    "$merge";  // written by the server when two people become one
inline constexpr std::string_view kDecision =
    "$decision";  // written by the server when it chose something for a person
inline constexpr std::string_view kPage = "page";
inline constexpr std::string_view kScreen = "screen";
}  // namespace event_names

}  // namespace attune::domain
