// What each event does to the state. Everything here is addition, minimum, maximum, union or "the
// later word": that is what makes the order of events irrelevant, and what a new rule must keep to.
#include "engine/profile/event_facts.h"
#include "engine/profile/fold_state.h"
#include "engine/profile/member_scan.h"

#include "base/keyed_hash.h"
#include "domain/event_kind.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>

namespace attune::engine {
namespace {

using domain::Event;
using domain::EventKind;
namespace limit = fold_limits;

constexpr std::size_t kReviewBytes = 2 * 1024;
constexpr std::string_view kPresent = "+";
constexpr std::string_view kExperimentChoice = "experiment:";

std::int64_t micros_of(base::Time time) { return time.time_since_epoch().count(); }

Stamp stamp_of(const Event& event) {
    const base::Id128 digest = base::hash128(base::HashKey{}, event.id);
    std::uint64_t tie = 0;
    for (std::size_t i = 0; i < 8; ++i)
        tie |= static_cast<std::uint64_t>(digest.bytes[i]) << (8 * i);
    return {micros_of(event.time), tie};
}

std::int64_t value_micros(double value) {
    // Beyond ± 9.2e12 the number is no price, rating or duration; the bound keeps every sum inside
    // 128 bits.
    return static_cast<std::int64_t>(std::clamp(std::round(value * 1e6), -9.2e18, 9.2e18));
}

void say(LatestMap& map, std::string_view key, Stamp at, std::string_view value,
         std::size_t capacity) {
    if (key.empty()) return;
    map.put({cut_text(key, limit::kNameBytes), at, value.size() <= limit::kValueBytes ? value : ""},
            capacity);
}

// JSON null takes a word back.
std::string_view unless_null(std::string_view value) { return value == "null" ? "" : value; }

void count_use(FoldState& state, TallyMap<UseTally>& map, std::string_view key, std::int64_t time,
               std::size_t capacity, Truncated flag) {
    if (key.empty()) return;
    const UseTally use{cut_text(key, limit::kNameBytes), time, 1};
    if (UseTally* known = map.find(use.key.view()))
        known->add(use);
    else if (map.put(use, capacity))
        state.truncated |= flag;
}

void count_event(FoldState& state, const Event& event, Stamp at, HalfLife half_life) {
    const DecayCell term = decay_term(1, half_life, at.time_us);
    const __int128 value =
        event.value && std::isfinite(*event.value) ? value_micros(*event.value) : 0;
    const std::string_view name = cut_text(event.event, limit::kNameBytes);
    if (EventTally* known = state.counts.find(name)) {
        ++known->count;
        known->recent.add(term);
        known->value_micros.add(value);
        known->first = std::min(known->first, at.time_us);
        known->last = std::max(known->last, at.time_us);
        return;
    }
    EventTally fresh{name, 1, {}, Wide(value), at.time_us, at.time_us};
    fresh.recent.add(term);
    if (state.counts.put(std::move(fresh), limit::kEventNames)) state.truncated |= kTruncatedCounts;
}

void weigh_topics(FoldState& state, const EventFacts& facts, double weight, HalfLife half_life,
                  std::int64_t time) {
    if (facts.topics.empty() || weight == 0) return;
    const DecayCell term = decay_term(weight, half_life, time);
    for (const std::string& name : facts.topics) {
        if (TopicTally* known = state.topics.find(name)) {
            known->weight.add(term);
            known->last = std::max(known->last, time);
            ++known->count;
            continue;
        }
        TopicTally fresh{std::string_view(name), {}, time, 1};
        fresh.weight.add(term);
        if (state.topics.put(std::move(fresh), limit::kTopics)) state.truncated |= kTruncatedTopics;
    }
}

std::string joined(std::string_view a, std::string_view b) {
    std::string key(a);
    std::ranges::replace(key, kUnitSeparator, ' ');
    key += kUnitSeparator;
    const std::size_t at = key.size();
    key += b;
    std::replace(key.begin() + static_cast<std::ptrdiff_t>(at), key.end(), kUnitSeparator, ' ');
    return key;
}

void note_surroundings(FoldState& state, const Event& event, std::int64_t time) {
    const domain::Enrichment& found = event.enriched;
    if (found.device || found.os || found.browser) {
        std::string key = joined(found.device.value_or(""), found.os.value_or(""));
        key += kUnitSeparator;
        key += found.browser.value_or("");
        count_use(state, state.devices, key, time, limit::kDevices, kTruncatedDevices);
    }
    const auto note = [&](std::string_view kind, const std::optional<std::string>& value) {
        if (!value) return;
        std::string key(kind);
        key += *value;
        count_use(state, state.settings, key, time, limit::kSettings, kTruncatedSettings);
    };
    note("locale:", found.locale);
    note("country:", found.country);
    note("time_zone:", found.time_zone);
}

void note_activity(FoldState& state, const Event& event, std::int64_t time) {
    constexpr std::int64_t kHourUs = 3'600'000'000;
    const std::int64_t hours = time >= 0 ? time / kHourUs : -((-time + kHourUs - 1) / kHourUs);
    const std::int64_t week_hour =
        ((hours + 3 * 24) % 168 + 168) % 168;  // 1 January 1970 was a Thursday
    const auto weekday =
        event.enriched.local_weekday.value_or(static_cast<std::int32_t>(week_hour / 24));
    const auto hour = event.enriched.local_hour.value_or(static_cast<std::int32_t>(week_hour % 24));
    if (weekday >= 0 && weekday < 7 && hour >= 0 && hour < 24) {
        state.add_activity(static_cast<std::uint8_t>(weekday * 24 + hour), 1);
    }
    state.sessions.add(time);
    if (state.sessions.archived().count > 0) state.truncated |= kTruncatedSessions;
}

void note_purchase(FoldState& state, const Event& event, const EventFacts& facts, Stamp at) {
    const auto micros = [](std::optional<double> value) -> std::optional<std::int64_t> {
        if (!value || !std::isfinite(*value)) return std::nullopt;
        return value_micros(*value);
    };
    if (event.item_id || facts.products.empty()) {
        state.add_purchase(
            {at, cut_text(event.item_id.value_or(""), limit::kNameBytes), micros(event.value)});
        return;
    }
    for (const ProductFact& product : facts.products) {
        state.add_purchase({at, cut_text(product.item, limit::kNameBytes), micros(product.value)});
    }
}

void note_feedback(FoldState& state, const Event& event, const EventFacts& facts, EventKind kind,
                   Stamp at) {
    if (!event.item_id) return;
    const std::string_view item = cut_text(*event.item_id, limit::kNameBytes - 32);
    if (kind == EventKind::unfavourite) {
        return say(state.feedback, joined(item, name_of(EventKind::favourite)), at, "",
                   limit::kFeedback);
    }
    std::string word;
    if (event.value && std::isfinite(*event.value)) {
        char digits[32];
        const auto end = std::to_chars(digits, digits + sizeof digits, *event.value).ptr;
        word.assign(digits, end);
    }
    word += kUnitSeparator;
    if (facts.text) word += cut_text(*facts.text, kReviewBytes);
    say(state.feedback, joined(item, name_of(kind)), at, word, limit::kFeedback);
}

void note_items(FoldState& state, const Event& event, const EventFacts& facts, Stamp at) {
    if (event.item_id)
        say(state.recent_items, *event.item_id, at, event.event, limit::kRecentItems);
    for (const ProductFact& product : facts.products) {
        say(state.recent_items, product.item, at, event.event, limit::kRecentItems);
    }
}

// What somebody did.
void fold_deed(FoldState& state, const Event& event, EventKind kind, domain::EventWeight weight,
               Stamp at) {
    const EventFacts facts = facts_of(event, kind);
    note_activity(state, event, at.time_us);
    note_surroundings(state, event, at.time_us);
    weigh_topics(state, facts, weight.weight * strength_of(kind, event.value),
                 HalfLife::of_days(weight.half_life_days), at.time_us);
    // Being shown something is no dealing of the person's own with it.
    if (kind != EventKind::impression) note_items(state, event, facts, at);
    if (kind == EventKind::search && facts.query) {
        say(state.searches, *facts.query, at, kPresent, limit::kSearches);
    }
    if (kind == EventKind::purchase) note_purchase(state, event, facts, at);
    if (is_feedback(kind)) note_feedback(state, event, facts, kind, at);
    if (facts.page)
        count_use(state, state.pages, *facts.page, at.time_us, limit::kPages, kTruncatedPages);
    if (facts.feature) {
        count_use(state, state.features, *facts.feature, at.time_us, limit::kFeatures,
                  kTruncatedFeatures);
    }
}

// Each member of the properties is a word of its own.
void say_members(LatestMap& map, const Event& event, Stamp at, std::size_t capacity) {
    for (MemberScan scan(event.properties.text()); scan.next();) {
        say(map, unescaped(scan.key()), at, unless_null(scan.value()), capacity);
    }
}

std::string_view member_of(const Event& event, std::string_view name) {
    for (MemberScan scan(event.properties.text()); scan.next();) {
        if (scan.key() == name) return scan.value();
    }
    return {};
}

// What was said about somebody.
void fold_statement(FoldState& state, const Event& event, EventKind kind, Stamp at) {
    switch (kind) {
        case EventKind::identify:
        case EventKind::rectify:
            return say_members(state.traits, event, at, limit::kTraits);
        case EventKind::consent:
            return say_members(state.consent, event, at, limit::kPurposes);
        case EventKind::preference: {
            const std::string_view value = member_of(event, "value");
            const bool taken_back = value.empty() || value == "null";
            return say(state.preferences, text_of(member_of(event, "key")).value_or(""), at,
                       taken_back ? "" : event.properties.text(), limit::kPreferences);
        }
        case EventKind::group: {
            const std::string_view traits = member_of(event, "traits");
            return say(state.groups, text_of(member_of(event, "group_id")).value_or(""), at,
                       traits.empty() ? "{}" : traits, limit::kGroups);
        }
        case EventKind::alias:
            return say(state.anonymous_ids, text_of(member_of(event, "previous_id")).value_or(""),
                       at, kPresent, limit::kIdentities);
        default:
            return;
    }
}

// Of a decision only which variants of experiments somebody was given: no deed, no statement.
void fold_decision(FoldState& state, const Event& event, Stamp at) {
    for (ElementScan choices(member_of(event, "choices")); choices.next();) {
        std::string_view of;
        std::string_view chosen;
        std::string_view unit;
        for (MemberScan scan(choices.value()); scan.next();) {
            if (scan.key() == "of") of = scan.value();
            if (scan.key() == "chosen") chosen = scan.value();
            if (scan.key() == "unit") unit = scan.value();
        }
        const auto what = text_of(of);
        const auto variant = text_of(chosen);
        if (!what || !variant || !what->starts_with(kExperimentChoice)) continue;
        const std::string_view experiment =
            std::string_view(*what).substr(kExperimentChoice.size());
        const AssignmentTally tally{cut_text(experiment, limit::kNameBytes), at.time_us, at,
                                    cut_text(*variant, limit::kNameBytes),
                                    cut_text(text_of(unit).value_or(""), limit::kNameBytes)};
        if (AssignmentTally* known = state.assignments.find(tally.key.view()))
            known->add(tally);
        else if (state.assignments.put(tally, limit::kAssignments))
            state.truncated |= kTruncatedAssignments;
    }
}

}  // namespace

void fold(FoldState& state, const Event& event, const WeightTable& weights) {
    const Stamp at = stamp_of(event);
    const EventKind kind = domain::event_kind(event.event);
    // What was chosen for somebody is nothing they did.
    if (kind == EventKind::decision) return fold_decision(state, event, at);
    const domain::EventWeight weight = weights.of(event.event);

    state.first_seen = state.version == 0 ? at.time_us : std::min(state.first_seen, at.time_us);
    state.last_seen = state.version == 0 ? at.time_us : std::max(state.last_seen, at.time_us);
    ++state.version;
    if (event.user_id) say(state.user_ids, *event.user_id, at, kPresent, limit::kIdentities);
    if (event.anonymous_id)
        say(state.anonymous_ids, *event.anonymous_id, at, kPresent, limit::kIdentities);
    count_event(state, event, at, HalfLife::of_days(weight.half_life_days));
    if (is_reserved(kind))
        fold_statement(state, event, kind, at);
    else
        fold_deed(state, event, kind, weight, at);
}

}  // namespace attune::engine
