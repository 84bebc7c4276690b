#include "engine/experiment/exposure.h"

#include "domain/event.h"
#include "engine/profile/member_scan.h"

#include <charconv>

namespace attune::engine {
namespace {

std::optional<base::Time> time_of(std::string_view value) {
    const auto text = text_of(value);
    return text ? base::parse_time(*text) : std::nullopt;
}

std::uint64_t whole_of(std::string_view value) {
    std::uint64_t number = 0;
    std::from_chars(value.data(), value.data() + value.size(), number);
    return number;
}

std::optional<Exposure> exposure_of(std::string_view choice) {
    Exposure exposure;
    for (MemberScan scan(choice); scan.next();) {
        if (scan.key() == "of")
            exposure.of = text_of(scan.value()).value_or("");
        else if (scan.key() == "chosen")
            exposure.chosen = text_of(scan.value()).value_or("");
        else if (scan.key() == "version")
            exposure.version = whole_of(scan.value());
        else if (scan.key() == "unit")
            exposure.unit = text_of(scan.value()).value_or("");
        else if (scan.key() == "probability")
            exposure.probability = number_of(scan.value()).value_or(1);
    }
    if (exposure.of.empty()) return std::nullopt;
    return exposure;
}

void read_decision(std::string_view properties, ReadEvent& read) {
    for (MemberScan scan(properties); scan.next();) {
        if (scan.key() == "choices") {
            for (ElementScan choices(scan.value()); choices.next();)
                if (auto one = exposure_of(choices.value()))
                    read.exposures.push_back(*std::move(one));
        } else if (scan.key() == "segments") {
            for (ElementScan names(scan.value()); names.next();)
                if (auto name = text_of(names.value())) read.segments.push_back(*std::move(name));
        } else if (scan.key() == "features" && scan.value().starts_with('{')) {
            read.features = scan.value();
        }
    }
}

}  // namespace

bool ReadEvent::may_link() const {
    return (!user_id.empty() && !anonymous_id.empty()) || event == domain::event_names::kAlias;
}

std::optional<ReadEvent> read_event(std::string_view payload) {
    ReadEvent read;
    std::optional<base::Time> time;
    std::string_view id;
    std::string_view properties;
    for (MemberScan scan(payload); scan.next();) {
        const std::string_view key = scan.key();
        if (key == "event")
            read.event = text_of(scan.value()).value_or("");
        else if (key == "user_id")
            read.user_id = text_of(scan.value()).value_or("");
        else if (key == "anonymous_id")
            read.anonymous_id = text_of(scan.value()).value_or("");
        else if (key == "time")
            time = time_of(scan.value());
        else if (key == "received_at")
            read.received_at = time_of(scan.value()).value_or(base::Time{});
        else if (key == "value")
            read.value = number_of(scan.value());
        else if (key == "id")
            id = scan.value();
        else if (key == "decision_id")
            read.decision_id = text_of(scan.value()).value_or("");
        else if (key == "properties")
            properties = scan.value();
    }
    if (!time || read.event.empty()) return std::nullopt;
    read.time = *time;
    if (read.event != domain::event_names::kDecision) return read;
    read.id = text_of(id).value_or("");
    read_decision(properties, read);
    return read;
}

}  // namespace attune::engine
