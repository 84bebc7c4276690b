#include "engine/decide/surroundings.h"

#include "domain/decision.h"

#include <algorithm>
#include <chrono>

namespace attune::engine {
namespace {

constexpr base::Duration kSessionGap = std::chrono::minutes(30);

// Where the person is, as the context or the profile says; UTC when neither does.
const TimeZone& zone_of(const PersonFacts& facts, base::JsonView context, const TimeZones& zones) {
    for (const std::string_view name : {"time_zone", "timezone"}) {
        const auto said = context.find(name);
        const auto text = said ? said->as_string() : std::nullopt;
        if (const TimeZone* zone = text ? zones.find(*text) : nullptr) return *zone;
    }
    const TimeZone* zone = facts.time_zone ? zones.find(*facts.time_zone) : nullptr;
    return zone != nullptr ? *zone : utc();
}

double minutes_of(base::Duration duration) {
    return std::chrono::duration<double, std::ratio<60>>(duration).count();
}

double number(std::int64_t value) { return static_cast<double>(value); }

}  // namespace

Surroundings::Surroundings(const PersonFacts& facts, const SegmentSet& segments,
                           base::JsonView context, const Moment& moment)
    : now_(moment.now), budget_(moment.budget), now_text_(base::format_time(now_)) {
    const bool is_on = facts.last_event_at && now_ - *facts.last_event_at < kSessionGap;
    const LogicValue none = LogicValue::null();
    session_ = {
        {{"count", LogicValue(static_cast<double>(facts.sessions))},
         {"is_active", LogicValue(is_on)},
         {"minutes", is_on && facts.session_started_at
                         ? LogicValue(minutes_of(now_ - *facts.session_started_at))
                         : none},
         {"minutes_since_last",
          facts.last_event_at ? LogicValue(minutes_of(now_ - *facts.last_event_at)) : none}}};
    session_record_ = {.members = session_};
    const LocalTime local = zone_of(facts, context, moment.zones).local(now_);
    time_ = {{{"hour", LogicValue(number(local.hour))},
              {"minute", LogicValue(number(local.minute))},
              {"weekday", LogicValue(number(weekday_of(local)))},
              {"day", LogicValue(number(local.day))},
              {"month", LogicValue(number(local.month))},
              {"now", LogicValue(std::string_view(now_text_))}}};
    time_record_ = {.members = time_};
    find_segments(facts, segments);
    roots_ = {{{"profile", LogicValue(facts.profile.root())},
               {"context", LogicValue(context)},
               {"interests", LogicValue(facts.interests.root())},
               {"segments", LogicValue(segments_)},
               {"session", LogicValue(session_record_)},
               {"time", LogicValue(time_record_)},
               {"variants", none}}};
    whole_ = {.members = roots_, .rest = {}, .depth = 2};
}

std::vector<std::string> Surroundings::segment_names() const {
    std::vector<std::string> names;
    const std::size_t count = std::min(names_.size(), domain::Decision::kSegmentsMax);
    for (const LogicValue& one : std::span(names_).first(count)) names.emplace_back(one.string());
    return names;
}

void Surroundings::find_segments(const PersonFacts& facts, const SegmentSet& segments) {
    if (segments.size() == 0) return;
    const SegmentFacts known{.profile = LogicValue(facts.profile.root()),
                             .interests = LogicValue(facts.interests.root()),
                             .session = LogicValue(session_record_),
                             .time = LogicValue(time_record_),
                             .now = now_,
                             .budget = &budget_};
    const LastingSegments::Places lasting = facts.segments->of(segments, known);
    const auto add = [&](std::span<const SegmentSet::Place> in) {
        names_.reserve(in.size());
        for (const SegmentSet::Place one : in) names_.emplace_back(segments.id(one));
    };
    segments.is_lasting() ? add(*lasting) : add(segments.members(known, *lasting));
    segments_.items = names_;
}

}  // namespace attune::engine
