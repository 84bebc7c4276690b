#include "engine/experiment/follower.h"

#include "base/json.h"
#include "base/keyed_hash.h"
#include "domain/describe.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace attune::engine {
namespace {

using domain::ExperimentUnit;
using domain::MetricAttribution;

constexpr std::size_t kLookedBackMax = 10'000;  // events of one person
constexpr std::size_t kLinkedMax = 200'000;
constexpr AttributionSet kAll{MetricAttribution::after_exposure, MetricAttribution::decision,
                              MetricAttribution::same_session};

std::string counted_of(const domain::Experiment& experiment) {
    std::string text = base::to_json(experiment.unit) + base::to_json(experiment.metrics);
    for (const auto& variant : experiment.variants) text += '\x1f' + variant.name;
    return text;
}

}  // namespace

Follower::Follower(store::Store& store, TenantId tenant, const Question& question,
                   store::Position from)
    : LogListener(from),
      store_(store),
      tenant_(tenant),
      of_(question.of),
      since_version_(question.since_version),
      counted_(counted_of(*question.definition)),
      units_max_(question.units_max),
      tally_(*question.definition),
      trails_(*question.definition) {}

bool Follower::fits(const Question& question) const {
    return since_version_ == question.since_version && counted_ == counted_of(*question.definition);
}

std::optional<std::size_t> Follower::arm_of(const Exposure& exposure) const {
    if (exposure.of != of_ || exposure.version < since_version_) return std::nullopt;
    return tally_.arm_of(exposure.chosen);
}

bool Follower::cares_about(const ReadEvent& event) const {
    // Any event keeps a session going.
    return trails_.follow_sessions() || event.may_link() || tally_.looks_at(event.event) ||
           std::ranges::find(event.exposures, of_, &Exposure::of) != event.exposures.end();
}

bool Follower::is_full() const {
    std::uint64_t units = 0;
    for (std::size_t arm = 0; arm < tally_.arms(); ++arm) units += tally_.units(arm);
    return units >= units_max_;
}

bool Follower::is_of(domain::ExperimentUnit unit) const { return tally_.definition().unit == unit; }

Result<void> Follower::take(const FollowedEvent& event) {
    if (may_be_news(event)) {
        ATTUNE_TRY(const bool is_counted, learn_who_it_is(event));
        if (is_counted) return {};
    }
    const auto merged = merged_.find(event.person);
    return count(merged == merged_.end() ? event.person : merged->second, event);
}

Result<void> Follower::count(store::PersonId person, const FollowedEvent& event) {
    if (is_earlier(person, event.read)) {
        ATTUNE_TRY(const auto whole, store_.person(tenant_, person));
        ATTUNE_TRY_VOID(recount(whole.value_or(store::Person{.id = person}), event.position));
        return {};
    }
    for (const Exposure& exposure : event.read.exposures)
        ATTUNE_TRY_VOID(expose(person, event, exposure));
    if (!trails_.follow_sessions() && !tally_.looks_at(event.read.event)) return {};
    if (const auto unit = current_unit(person)) observe(person, *unit, event.read);
    return {};
}

// A person counts from the first exposure, whenever it is heard of.
bool Follower::is_earlier(store::PersonId person, const ReadEvent& event) const {
    if (!is_of(ExperimentUnit::person) || exposure_in(event) == nullptr) return false;
    const auto known = tally_.exposed_at(person);
    return known && event.time < *known;
}

// What it answers by name may be another unit than the person's newest.
void Follower::observe(store::PersonId person, UnitKey unit, const ReadEvent& event) {
    const AttributionSet kinds = trails_.kinds_of(person, event);
    if (!tally_.looks_at(event.event)) return;
    add(person, unit, event.observed(kinds));
    if (const auto answered = trails_.answered_by(person, event))
        add(person, *answered, event.observed({MetricAttribution::decision}));
}

void Follower::add(store::PersonId person, UnitKey unit, const Observed& event) {
    if (is_of(ExperimentUnit::group))
        shares_.observe(tally_, person, unit, event);
    else
        tally_.observe(unit, event);
}

UnitKey Follower::unit_of(store::PersonId person, const Exposure& exposure) const {
    if (is_of(ExperimentUnit::person)) return person;
    std::string words = exposure.unit;
    // Two people's sessions are never one, whatever they are called.
    if (is_of(ExperimentUnit::session)) words.append(1, '\x1f').append(person.view());
    return base::hash128(base::HashKey{}, words);
}

std::optional<UnitKey> Follower::current_unit(store::PersonId person) const {
    if (is_of(ExperimentUnit::person)) return person;
    const auto found = units_.find(person);
    return found == units_.end() ? std::nullopt : std::optional(found->second);
}

Result<void> Follower::expose(store::PersonId person, const FollowedEvent& event,
                              const Exposure& exposure) {
    const auto arm = arm_of(exposure);
    if (!arm) return {};
    const UnitKey unit = unit_of(person, exposure);
    const bool is_of_person = is_of(ExperimentUnit::person);
    const auto current = current_unit(person);
    const bool is_known = tally_.exposed_at(unit).has_value();
    AttributionSet kinds = kAll;
    if (is_known) {
        kinds = trails_.expose(person, unit, event.read.id, event.read.time);
        if (current == unit && kinds.is_empty()) return {};
        if (current != unit) kinds = kAll;
    } else if (is_full()) {
        return {};
    } else {
        tally_.expose(unit, *arm, exposure.version, event.read.time, event.read.segments);
        trails_.expose(person, unit, event.read.id, event.read.time);
    }
    // What somebody did before was counted when they first were of a unit; but a session that is new has a past of its own.
    const bool has_past = !current || (!is_known && !is_of(ExperimentUnit::group));
    const base::Duration before = has_past ? tally_.covariate_span() : base::Duration{};
    if (!is_of_person) units_[person] = unit;
    return look_back(person, unit, event, kinds, before);
}

// An event happens before it is received: what was received before an exposure does not answer it, and ends the look back.
Result<void> Follower::look_back(store::PersonId person, UnitKey unit,
                                 const FollowedEvent& exposure, AttributionSet kinds,
                                 base::Duration before) {
    const base::Time since = exposure.read.time - before;
    std::vector<ReadEvent> events;
    std::size_t looked_at = 0;
    ATTUNE_TRY_VOID(store_.scan_user_back(
        tenant_, person, exposure.position, [&](const store::LoggedEvent& logged) {
            auto read = read_event(logged.payload);
            if (!read) return true;
            if (read->received_at < since || ++looked_at > kLookedBackMax) return false;
            if (trails_.follow_sessions() || tally_.looks_at(read->event))
                events.push_back(*std::move(read));
            return true;
        }));
    // A session goes on from one to the next.
    std::ranges::sort(events, {}, &ReadEvent::time);
    for (const ReadEvent& one : events) {
        AttributionSet of_it = trails_.kinds_of(person, one);
        if (trails_.answers(one, exposure.read)) of_it.insert(MetricAttribution::decision);
        if (tally_.looks_at(one.event)) add(person, unit, one.observed(of_it & kinds));
    }
    return {};
}

// Whether an event may tell that two are one. When the log is read again, people of then have long been merged: who is
// exposed is looked up.
bool Follower::may_be_news(const FollowedEvent& event) {
    if (event.read.may_link()) {
        const base::Id128 pair =
            base::hash128(base::HashKey{}, event.read.user_id + '\x1f' + event.read.anonymous_id);
        const bool is_alias = event.read.anonymous_id.empty() || event.read.user_id.empty();
        if (linked_.size() >= kLinkedMax) linked_.clear();
        if (linked_.insert(pair).second || is_alias) return true;
    }
    return exposure_in(event.read) != nullptr && !merged_.contains(event.person);
}

// True: they are counted again, with this event.
Result<bool> Follower::learn_who_it_is(const FollowedEvent& event) {
    ATTUNE_TRY(const auto whole, store_.person(tenant_, event.person));
    if (!whole || whole->members.empty()) return false;
    bool is_news = merged_.erase(whole->id) != 0;
    for (const store::PersonId& member : whole->members) {
        store::PersonId& into = merged_[member];
        is_news |= into != whole->id;
        into = whole->id;
    }
    if (!is_news) return false;
    return recount(*whole, event.position);
}

// From nothing, as far as the log was read. False: there was nothing to count again.
Result<bool> Follower::recount(const store::Person& whole, store::Position upto_and_with) {
    const auto is_counted = [&](store::PersonId one) {
        const auto unit = current_unit(one);
        return unit && tally_.exposed_at(*unit).has_value();
    };
    if (!is_counted(whole.id) && std::ranges::none_of(whole.members, is_counted)) return false;
    std::vector<FollowedEvent> events;
    ATTUNE_TRY_VOID(store_.scan_user(tenant_, whole.id, {}, [&](const store::LoggedEvent& logged) {
        if (logged.position > upto_and_with) return false;
        auto read = read_event(logged.payload);
        if (!read) return true;
        if (trails_.follow_sessions() || tally_.looks_at(read->event) || exposure_in(*read))
            events.push_back({whole.id, logged.position, *std::move(read)});
        return true;
    }));
    forget(whole.id, events);
    for (const store::PersonId& member : whole.members) forget(member, events);
    if (is_of(ExperimentUnit::person)) {
        count_by_time(whole.id, events);
    } else {
        for (const FollowedEvent& one : events) ATTUNE_TRY_VOID(count(whole.id, one));
    }
    return true;
}

void Follower::forget(store::PersonId person, const std::vector<FollowedEvent>& events) {
    if (is_of(ExperimentUnit::group)) {
        shares_.take_back(tally_, person);
    } else {
        for (const FollowedEvent& event : events)
            for (const Exposure& exposure : event.read.exposures)
                if (arm_of(exposure)) (void)tally_.forget(unit_of(person, exposure));
        if (const auto unit = current_unit(person)) (void)tally_.forget(*unit);
    }
    units_.erase(person);
    trails_.forget(person);
}

const Exposure* Follower::exposure_in(const ReadEvent& event) const {
    const auto found = std::ranges::find_if(
        event.exposures, [&](const Exposure& one) { return arm_of(one).has_value(); });
    return found == event.exposures.end() ? nullptr : &*found;
}

// A whole person's events at once: in the order in which they happened, which the log need not have.
void Follower::count_by_time(store::PersonId person, std::vector<FollowedEvent>& events) {
    // Of the same time, an exposure comes first: what answers it may have been logged before it.
    std::ranges::sort(events, {}, [&](const FollowedEvent& one) {
        return std::tuple(one.read.time, exposure_in(one.read) == nullptr, one.position);
    });
    const auto first = std::ranges::find_if(
        events, [&](const FollowedEvent& one) { return exposure_in(one.read) != nullptr; });
    if (first == events.end()) return;
    const Exposure& exposure = *exposure_in(first->read);
    tally_.expose(person, *arm_of(exposure), exposure.version, first->read.time,
                  first->read.segments);
    for (const FollowedEvent& one : events) {
        if (exposure_in(one.read)) trails_.expose(person, person, one.read.id, one.read.time);
        observe(person, person, one.read);
    }
}

}  // namespace attune::engine
