#include "engine/experiment/follower.h"

#include "base/json.h"
#include "base/keyed_hash.h"
#include "domain/describe.h"

#include <algorithm>
#include <utility>

namespace attune::engine {
namespace {

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

bool Follower::is_of_persons() const {
    return tally_.definition().unit == domain::ExperimentUnit::person;
}

Result<void> Follower::take(const FollowedEvent& event) {
    if (event.read.may_link()) ATTUNE_TRY_VOID(link(event));
    for (const Exposure& exposure : event.read.exposures) ATTUNE_TRY_VOID(expose(event, exposure));
    if (!trails_.follow_sessions() && !tally_.looks_at(event.read.event)) return {};
    const auto merged = merged_.find(event.person);
    const store::PersonId person = merged == merged_.end() ? event.person : merged->second;
    if (const auto unit = current_unit(person)) observe(person, *unit, event.read);
    return {};
}

// What it answers by name may be another unit than the person's newest.
void Follower::observe(store::PersonId person, UnitKey unit, const ReadEvent& event) {
    const AttributionSet kinds = trails_.kinds_of(person, event);
    if (!tally_.looks_at(event.event)) return;
    tally_.observe(unit, event.observed(kinds));
    if (const auto answered = trails_.answered_by(person, event))
        tally_.observe(*answered, event.observed({MetricAttribution::decision}));
}

UnitKey Follower::unit_of(store::PersonId person, const Exposure& exposure) const {
    if (is_of_persons()) return person;
    std::string words = exposure.unit;
    // Two people's sessions are never one, whatever they are called.
    if (tally_.definition().unit == domain::ExperimentUnit::session)
        words.append(1, '\x1f').append(person.view());
    return base::hash128(base::HashKey{}, words);
}

std::optional<UnitKey> Follower::current_unit(store::PersonId person) const {
    if (is_of_persons()) return person;
    const auto found = units_.find(person);
    return found == units_.end() ? std::nullopt : std::optional(found->second);
}

// Who it is today: when the log is read again, people of then have long been merged.
Result<store::PersonId> Follower::whole_of(store::PersonId person) {
    if (const auto known = merged_.find(person); known != merged_.end()) return known->second;
    ATTUNE_TRY(const auto today, store_.person(tenant_, person));
    if (!today || today->id == person) return person;
    merged_[person] = today->id;
    return today->id;
}

Result<void> Follower::expose(const FollowedEvent& event, const Exposure& exposure) {
    const auto arm = arm_of(exposure);
    if (!arm) return {};
    ATTUNE_TRY(const store::PersonId person, whole_of(event.person));
    const UnitKey unit = unit_of(person, exposure);
    AttributionSet kinds = kAll;
    if (const auto known = tally_.exposed_at(unit)) {
        if (is_of_persons() && event.read.time < *known) return recount(person, event.position);
        kinds = trails_.expose(person, unit, event.read.id, event.read.time);
        const bool is_nothing_new = is_of_persons() || current_unit(person) == unit;
        if (is_nothing_new && kinds.is_empty()) return {};
        if (!is_nothing_new) kinds = kAll;
    } else if (is_full()) {
        return {};
    } else {
        tally_.expose(unit, *arm, exposure.version, event.read.time, event.read.segments);
        trails_.expose(person, unit, event.read.id, event.read.time);
    }
    if (!is_of_persons()) units_[person] = unit;
    return look_back(person, unit, event, kinds);
}

// An event happens before it is received: what was received before an exposure does not answer it, and ends the look back.
Result<void> Follower::look_back(store::PersonId person, UnitKey unit,
                                 const FollowedEvent& exposure, AttributionSet kinds) {
    const bool is_first = kinds.has(MetricAttribution::after_exposure);
    const base::Time since =
        is_first ? exposure.read.time - tally_.covariate_span() : exposure.read.time;
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
        if (tally_.looks_at(one.event)) tally_.observe(unit, one.observed(of_it & kinds));
    }
    return {};
}

Result<void> Follower::link(const FollowedEvent& event) {
    const base::Id128 pair =
        base::hash128(base::HashKey{}, event.read.user_id + '\x1f' + event.read.anonymous_id);
    const bool is_alias = event.read.anonymous_id.empty() || event.read.user_id.empty();
    if (linked_.size() >= kLinkedMax) linked_.clear();
    if (!linked_.insert(pair).second && !is_alias) return {};
    ATTUNE_TRY(const auto person, store_.person(tenant_, event.person));
    if (!person || person->members.empty()) return {};
    bool is_news = false;
    merged_.erase(person->id);
    for (const store::PersonId& member : person->members) {
        store::PersonId& into = merged_[member];
        if (into == person->id) continue;
        into = person->id;
        is_news = true;
    }
    if (!is_news) return {};
    if (is_of_persons()) return recount(person->id, event.position);
    for (const store::PersonId& member : person->members) {
        const auto unit = units_.find(member);
        if (unit == units_.end()) continue;
        units_.try_emplace(person->id, unit->second);
        units_.erase(member);
    }
    for (const store::PersonId& member : person->members) trails_.merge(member, person->id);
    return {};
}

// From nothing, as far as the log was read.
Result<void> Follower::recount(store::PersonId person, store::Position upto_and_with) {
    ATTUNE_TRY(const auto whole, store_.person(tenant_, person));
    bool was_there = tally_.forget(person);
    if (whole)
        for (const store::PersonId& member : whole->members) was_there |= tally_.forget(member);
    if (!was_there) return {};
    trails_.forget(person);
    if (whole)
        for (const store::PersonId& member : whole->members) trails_.forget(member);
    std::vector<ReadEvent> events;
    ATTUNE_TRY_VOID(store_.scan_user(tenant_, person, {}, [&](const store::LoggedEvent& logged) {
        if (logged.position > upto_and_with) return false;
        auto read = read_event(logged.payload);
        if (!read) return true;
        if (trails_.follow_sessions() || tally_.looks_at(read->event) || exposure_in(*read))
            events.push_back(*std::move(read));
        return true;
    }));
    count_all(person, events);
    return {};
}

const Exposure* Follower::exposure_in(const ReadEvent& event) const {
    const auto found = std::ranges::find_if(
        event.exposures, [&](const Exposure& one) { return arm_of(one).has_value(); });
    return found == event.exposures.end() ? nullptr : &*found;
}

// A whole person's events at once: in the order in which they happened, which the log need not have.
void Follower::count_all(store::PersonId person, std::vector<ReadEvent>& events) {
    const ReadEvent* first = nullptr;
    for (const ReadEvent& one : events)
        if (exposure_in(one) && (first == nullptr || one.time < first->time)) first = &one;
    if (first == nullptr) return;
    const Exposure& exposure = *exposure_in(*first);
    tally_.expose(person, *arm_of(exposure), exposure.version, first->time, first->segments);
    // Of the same time, an exposure comes first: what answers it may have been logged before it.
    std::ranges::sort(events, {}, [&](const ReadEvent& one) {
        return std::pair(one.time, exposure_in(one) == nullptr);
    });
    for (const ReadEvent& one : events) {
        if (exposure_in(one)) trails_.expose(person, person, one.id, one.time);
        observe(person, person, one);
    }
}

}  // namespace attune::engine
