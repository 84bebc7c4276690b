#include "engine/bandit/draw_event.h"

#include "domain/event.h"
#include "engine/profile/member_scan.h"

#include <algorithm>

namespace attune::engine {
namespace {

std::optional<base::Time> time_of(std::string_view value) {
    const auto text = text_of(value);
    return text ? base::parse_time(*text) : std::nullopt;
}

LoggedDraw draw_of(std::string_view choice) {
    LoggedDraw draw;
    for (MemberScan scan(choice); scan.next();) {
        if (scan.key() == "of")
            draw.of = text_of(scan.value()).value_or("");
        else if (scan.key() == "chosen")
            draw.chosen = text_of(scan.value()).value_or("");
        else if (scan.key() == "probability")
            draw.probability = number_of(scan.value()).value_or(1);
        else if (scan.key() == "unit")
            draw.unit = text_of(scan.value()).value_or("");
    }
    return draw;
}

void read_decision(std::string_view properties, DrawEvent& read) {
    for (MemberScan scan(properties); scan.next();) {
        if (scan.key() == "features" && scan.value().starts_with('{')) read.features = scan.value();
        if (scan.key() != "choices") continue;
        for (ElementScan choices(scan.value()); choices.next();) {
            LoggedDraw draw = draw_of(choices.value());
            if (draw.probability > 0 && draw.probability < 1) read.draws.push_back(std::move(draw));
        }
    }
}

}  // namespace

std::optional<DrawEvent> read_draw_event(std::string_view payload) {
    DrawEvent read;
    bool has_user = false;
    bool has_visitor = false;
    std::string_view properties;
    std::optional<base::Time> time;
    for (MemberScan scan(payload); scan.next();) {
        const std::string_view key = scan.key();
        if (key == "event")
            read.event = text_of(scan.value()).value_or("");
        else if (key == "user_id")
            has_user = scan.value() != "null";
        else if (key == "anonymous_id")
            has_visitor = scan.value() != "null";
        else if (key == "time")
            time = time_of(scan.value());
        else if (key == "received_at")
            read.received_at = time_of(scan.value()).value_or(base::Time{});
        else if (key == "value")
            read.value = number_of(scan.value());
        else if (key == "decision_id")
            read.decision_id = text_of(scan.value()).value_or("");
        else if (key == "properties")
            properties = scan.value();
    }
    if (read.event.empty() || !time) return std::nullopt;
    read.time = *time;
    read.may_link = (has_user && has_visitor) || read.event == domain::event_names::kAlias;
    if (read.event == domain::event_names::kDecision) read_decision(properties, read);
    return read;
}

}  // namespace attune::engine
