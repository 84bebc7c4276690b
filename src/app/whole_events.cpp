#include "app/whole_events.h"

#include "base/json.h"
#include "domain/describe.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <utility>

namespace attune::app {
namespace {

constexpr std::size_t kIdBytesMax = 256;
constexpr base::Duration kClocksApart = std::chrono::minutes(5);

// What was written by a version of another number of members is read as far as it is known.
const base::JsonOptions kStored{
    .limits = {.bytes_max = 16u << 20}, .unknown = base::Unknown::ignore, .require_members = false};

bool is_id(const std::optional<std::string>& id) {
    return !id || (!id->empty() && id->size() <= kIdBytesMax);
}

// Who an event is about; of an alias, also who that was before.
engine::Identity identity_of(const domain::Event& event) {
    engine::Identity who{event.user_id, event.anonymous_id, {}};
    if (event.event != domain::event_names::kAlias) return who;
    const auto properties = base::JsonDocument::parse(event.properties.text());
    const auto previous = properties ? properties->root().find("previous_id") : std::nullopt;
    if (const auto text = previous ? previous->as_string() : std::nullopt)
        who.previous_id = std::string(*text);
    return who;
}

bool are_one(const engine::Identity& a, const engine::Identity& b) {
    return a.user_id == b.user_id && a.anonymous_id == b.anonymous_id &&
           a.previous_id == b.previous_id;
}

}  // namespace

Result<domain::Event> whole_event(std::string_view line, base::Time now) {
    ATTUNE_TRY(auto event, base::from_json<domain::Event>(line, kStored));
    if (event.event.empty()) return fail_field("/event", "is missing");
    if (event.event == domain::event_names::kMerge)
        return fail_field("/event", "comes of the events that made one of two");
    if (event.id.empty() || event.id.size() > kIdBytesMax)
        return fail_field("/id", "must have 1 to 256 bytes");
    if (!event.user_id && !event.anonymous_id)
        return fail_field("/user_id", "an event is about somebody");
    if (!is_id(event.user_id)) return fail_field("/user_id", "must have 1 to 256 bytes");
    if (!is_id(event.anonymous_id)) return fail_field("/anonymous_id", "must have 1 to 256 bytes");
    if (event.received_at == base::Time{})
        return fail_field("/received_at", "is missing: was it exported with --complete?");
    if (event.received_at > now + kClocksApart)
        return fail_field("/received_at",
                          "is later than now, by the clock of this machine: is one of them wrong?");
    if (event.time > event.received_at + engine::TrackOptions{}.future_max)
        return fail_field("/time", "is more than a day after received_at");
    return event;
}

engine::Tracked take_whole(engine::Engine& engine, engine::TenantId tenant,
                           const std::vector<domain::Event>& events) {
    // Runs of one identity, so that nobody's events overtake the one that made them somebody's.
    std::vector<engine::Told> told;
    std::vector<std::vector<std::size_t>> indexes;
    engine::Tracked tracked;
    for (std::size_t i = 0; i < events.size(); ++i) {
        engine::Identity who = identity_of(events[i]);
        if (told.empty() || !are_one(told.back().who, who)) {
            told.push_back({std::move(who), {}});
            indexes.emplace_back();
        }
        told.back().events.push_back(events[i]);
        indexes.back().push_back(i);
        tracked.ids.push_back(events[i].id);
    }
    engine::AppliedEach applied = engine.people().apply(tenant, std::move(told));
    for (std::size_t run = 0; run < applied.each.size(); ++run) {
        if (const auto& counted = applied.each[run]) {
            tracked.accepted += counted->accepted;
            tracked.duplicates += counted->duplicates;
            continue;
        }
        for (const std::size_t index : indexes[run])
            tracked.rejected.push_back({index, applied.each[run].error()});
    }
    std::ranges::sort(tracked.rejected, {}, &engine::Rejected::index);
    tracked.ticket = std::move(applied.ticket);
    return tracked;
}

}  // namespace attune::app
