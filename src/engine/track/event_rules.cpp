#include "engine/track/event_rules.h"

#include <cmath>
#include <cstdint>

namespace attune::engine {
namespace {

using domain::EventKind;

struct ValueRange {
    double minimum;
    double maximum;
    const char* expected;
};

constexpr double kRatingMax = 5;
// Beyond it a number is no price, and sums would lose their cents.
constexpr double kValueMax = 1e12;

ValueRange range_of(EventKind kind) noexcept {
    switch (kind) {
        case EventKind::rating:
        case EventKind::review:
            return {0, kRatingMax,
                    "must be from 0 to 5 (or give properties.scale_max for another scale)"};
        case EventKind::scroll:
            return {0, 1, "must be from 0 to 1: half is 0.5, not 50"};
        case EventKind::dwell:
            return {0, kValueMax, "must be a number of seconds, 0 or more"};
        default:
            return {-kValueMax, kValueMax, "must be a number within 10^12 of 0"};
    }
}

// Bytes of the UTF-8 sequence at the front; 0 when there is none. Overlong forms, surrogates and what lies beyond
// U+10FFFF are none.
std::size_t sequence_length(std::string_view text) noexcept {
    const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
    const auto follows = [&](std::size_t i) { return i < text.size() && (byte(i) & 0xC0) == 0x80; };
    const std::uint8_t first = byte(0);
    if (first >= 0xC2 && first <= 0xDF) return follows(1) ? 2 : 0;
    if (first >= 0xE0 && first <= 0xEF) {
        if (!follows(1) || !follows(2)) return 0;
        if (first == 0xE0 && byte(1) < 0xA0) return 0;
        return first == 0xED && byte(1) > 0x9F ? 0 : 3;
    }
    if (first >= 0xF0 && first <= 0xF4) {
        if (!follows(1) || !follows(2) || !follows(3)) return 0;
        if (first == 0xF0 && byte(1) < 0x90) return 0;
        return first == 0xF4 && byte(1) > 0x8F ? 0 : 4;
    }
    return 0;
}

void check_id(const std::optional<std::string>& id, const char* pointer, std::size_t bytes_max,
              WrongFields& wrong) {
    if (!id) return;
    if (id->empty() || id->size() > bytes_max) {
        wrong.add(pointer, "must have 1 to " + std::to_string(bytes_max) + " bytes");
    } else if (!is_clean_text(*id)) {
        wrong.add(pointer, "must be UTF-8 without U+0000");
    }
}

}  // namespace

bool is_clean_text(std::string_view text) noexcept {
    while (!text.empty()) {
        const auto first = static_cast<std::uint8_t>(text.front());
        const std::size_t length = first < 0x80 ? (first == 0 ? 0 : 1) : sequence_length(text);
        if (length == 0) return false;
        text.remove_prefix(length);
    }
    return true;
}

void check_names(const domain::IncomingEvent& event, EventKind kind, const TrackOptions& options,
                 WrongFields& wrong) {
    if (!event.user_id && !event.anonymous_id) {
        wrong.add("/user_id", "an event is about somebody: give user_id or anonymous_id");
    }
    check_id(event.id, "/id", options.id_bytes_max, wrong);
    check_id(event.user_id, "/user_id", options.id_bytes_max, wrong);
    check_id(event.anonymous_id, "/anonymous_id", options.id_bytes_max, wrong);
    check_id(event.item_id, "/item_id", options.id_bytes_max, wrong);
    check_id(event.decision_id, "/decision_id", options.id_bytes_max, wrong);
    check_id(event.event, "/event", options.name_bytes_max, wrong);
    if (!event.event.empty() && event.event.find_first_not_of(" \t\r\n") == std::string::npos)
        wrong.add("/event", "must be more than blanks");
    if (!event.event.starts_with('$')) return;
    if (kind == EventKind::merge || kind == EventKind::decision) {
        wrong.add("/event", "is written by the server alone; $identify and $alias join people");
    } else if (!is_reserved(kind)) {
        wrong.add("/event",
                  "names that begin with '$' are reserved: $identify, $alias, $group, $consent, "
                  "$preference, $rectify");
    }
}

bool is_value_in_range(EventKind kind, double value) noexcept {
    const ValueRange range = range_of(kind);
    return value >= range.minimum && value <= range.maximum;  // false for NaN
}

void check_value(EventKind kind, double value, WrongFields& wrong) {
    if (!is_value_in_range(kind, value)) wrong.add("/value", range_of(kind).expected);
}

}  // namespace attune::engine
