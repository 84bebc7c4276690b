#include "engine/experiment/follower.h"

#include "base/json.h"
#include "base/keyed_hash.h"
#include "domain/describe.h"

#include <algorithm>

namespace attune::engine {
namespace {

constexpr std::size_t kLookedBackMax = 10'000;  // events of one person
constexpr std::size_t kLinkedMax = 200'000;

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
      tally_(*question.definition) {}

bool Follower::fits(const Question& question) const {
    return since_version_ == question.since_version && counted_ == counted_of(*question.definition);
}

std::optional<std::size_t> Follower::arm_of(const Exposure& exposure) const {
    if (exposure.of != of_ || exposure.version < since_version_) return std::nullopt;
    return tally_.arm_of(exposure.chosen);
}

bool Follower::cares_about(const ReadEvent& event) const {
    return event.may_link() || tally_.looks_at(event.event) ||
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
    if (!tally_.looks_at(event.read.event)) return {};
    const auto merged = merged_.find(event.person);
    if (const auto unit = current_unit(merged == merged_.end() ? event.person : merged->second))
        tally_.observe(*unit, event.read.observed());
    return {};
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
    if (const auto known = tally_.exposed_at(unit)) {
        if (is_of_persons())
            return event.read.time < *known ? recount(person, event.position) : Result<void>{};
        if (current_unit(person) == unit) return {};
    }
    if (is_full()) return {};
    tally_.expose(unit, *arm, exposure.version, event.read.time, event.read.segments);
    if (!is_of_persons()) units_[person] = unit;
    return look_back(person, unit, event.read.time, event.position);
}

// An event happens before it is received: what was received before an exposure does not answer it, and ends the look back.
Result<void> Follower::look_back(store::PersonId person, UnitKey unit, base::Time exposed_at,
                                 store::Position before) {
    const base::Time since = exposed_at - tally_.covariate_span();
    std::size_t looked_at = 0;
    return store_.scan_user_back(tenant_, person, before, [&](const store::LoggedEvent& logged) {
        const auto read = read_event(logged.payload);
        if (!read) return true;
        if (read->received_at < since || ++looked_at > kLookedBackMax) return false;
        if (tally_.looks_at(read->event)) tally_.observe(unit, read->observed());
        return true;
    });
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
    return {};
}

// From nothing, as far as the log was read.
Result<void> Follower::recount(store::PersonId person, store::Position upto_and_with) {
    ATTUNE_TRY(const auto whole, store_.person(tenant_, person));
    bool was_there = tally_.forget(person);
    if (whole)
        for (const store::PersonId& member : whole->members) was_there |= tally_.forget(member);
    if (!was_there) return {};
    std::vector<ReadEvent> events;
    struct First {
        base::Time at;
        Exposure exposure;
        std::vector<std::string> segments;
    };
    std::optional<First> first;
    ATTUNE_TRY_VOID(store_.scan_user(tenant_, person, {}, [&](const store::LoggedEvent& logged) {
        if (logged.position > upto_and_with) return false;
        auto read = read_event(logged.payload);
        if (!read) return true;
        for (Exposure& one : read->exposures) {
            if (!arm_of(one)) continue;
            if (!first || read->time < first->at)
                first = First{read->time, std::move(one), read->segments};
        }
        if (tally_.looks_at(read->event)) events.push_back(*std::move(read));
        return true;
    }));
    if (!first) return {};
    const auto& [at, exposure, segments] = *first;
    tally_.expose(person, *tally_.arm_of(exposure.chosen), exposure.version, at, segments);
    for (const ReadEvent& one : events) tally_.observe(person, one.observed());
    return {};
}

}  // namespace attune::engine
