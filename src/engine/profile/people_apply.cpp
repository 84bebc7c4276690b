// Events into the log and into the state.
#include "engine/profile/arrival.h"
#include "engine/profile/people_impl.h"

#include "base/json.h"
#include "domain/describe.h"

#include <algorithm>

namespace attune::engine {

using store::PersonId;

namespace {

// So often the cache is brought back to its budget within a long list.
constexpr std::size_t kTrimEvery = 64;

// What is full for one person is full for the next; asking again and again would keep it so.
bool is_full(const Error& error) {
    return error.reason == "queue_full" || error.reason == "disk_full" ||
           error.code == Code::unavailable;
}

}  // namespace

// On the store's thread. Bookkeeping first: who waits for a ticket finds everything settled.
void Arrival::finish(const Result<void>& outcome) {
    for (const auto& [id, person] : ids)
        on_the_way->directory.unpin(id, person, outcome.has_value());
    on_the_way->in_flight.release(tenant, keys);
    on_the_way->people.finish(tenant, change, outcome.has_value());
    for (const auto& entry : people) {
        if (!outcome) entry->failed = true;
        --entry->pending;
    }
    safe.complete(outcome && refused ? Result<void>(std::unexpected(*refused)) : outcome);
    durable.complete(outcome);
}

AppliedEach People::Impl::apply(TenantId tenant, std::vector<Told> told) {
    auto arrival = std::make_shared<Arrival>(on_the_way_, tenant);
    AppliedEach applied;
    applied.each.reserve(told.size());
    std::vector<PreparedEvent> prepared = prepare(tenant, told);
    const Result<void> looked_up = mark_new(*arrival, prepared);
    if (!looked_up) applied.full = looked_up.error();
    PreparedEvents rest = prepared;
    for (const Told& one : told) {
        const PreparedEvents events = rest.first(one.events.size());
        rest = rest.subspan(one.events.size());
        if (applied.full)
            applied.each.emplace_back(std::unexpected(*applied.full));
        else
            applied.each.push_back(apply_one(*arrival, one, events));
        if (const auto& counted = applied.each.back(); !counted) {
            arrival->refused = counted.error();
            if (!applied.full && is_full(counted.error())) applied.full = counted.error();
        }
        if (applied.each.size() % kTrimEvery == 0) trim();
    }
    trim();
    applied.ticket = base::Ticket::both(arrival->durable.ticket(), arrival->others);
    const base::Ticket stored = arrival->stored.ticket();
    arrival->stored.complete({});
    stored.then([arrival](const Result<void>& outcome) { arrival->finish(outcome); });
    return applied;
}

std::vector<PreparedEvent> People::Impl::prepare(TenantId tenant, std::vector<Told>& told) {
    std::size_t count = 0;
    for (const Told& one : told) count += one.events.size();
    std::vector<PreparedEvent> prepared;
    prepared.reserve(count);
    for (Told& one : told) {
        for (domain::Event& event : one.events) {
            store::StoredEvent stored{tenants_.hashed_id(tenant, "event", event.id),
                                      base::to_json(event)};
            prepared.push_back({std::move(event), std::move(stored)});
        }
    }
    return prepared;
}

// Splits what is new from what was seen before. Duplicates of events on their way wait for those.
Result<void> People::Impl::mark_new(Arrival& arrival, PreparedEvents events) {
    const base::Ticket mine = arrival.safe.ticket();
    std::vector<PreparedEvent*> reserved;
    reserved.reserve(events.size());
    arrival.keys.reserve(events.size());
    for (PreparedEvent& one : events) {
        const auto first = on_the_way_->in_flight.reserve(arrival.tenant, one.stored.key, mine);
        if (first) {
            if (!first->is_same(mine)) arrival.others = base::Ticket::both(arrival.others, *first);
            continue;
        }
        arrival.keys.push_back(one.stored.key);
        reserved.push_back(&one);
    }
    if (reserved.empty()) return {};
    ATTUNE_TRY(const std::vector<bool> known, store_.have_events(arrival.tenant, arrival.keys));
    for (std::size_t i = 0; i < reserved.size(); ++i) reserved[i]->is_new = !known[i];
    return {};
}

Result<Counted> People::Impl::apply_one(Arrival& arrival, const Told& told, PreparedEvents events) {
    const Identity& who = told.who;
    if (!who.user_id && !who.anonymous_id) {
        return fail_field("/user_id", "an event is about somebody: user_id or anonymous_id");
    }
    for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
        ATTUNE_TRY(auto counted, apply_settled(arrival, who, events));
        if (!counted && told.only_known) return fail(Code::not_found, "no such user");
        if (!counted) {
            ATTUNE_TRY(counted, apply_linking(arrival, who, events));
        }
        if (counted) return *counted;
    }
    return fail(Code::aborted, "people were merged faster than they could be followed; try again");
}

// When all the named ids mean one person already, as they do for nearly every event. Empty: they do not.
Result<std::optional<Counted>> People::Impl::apply_settled(Arrival& arrival, const Identity& who,
                                                           PreparedEvents events) {
    const TenantId tenant = arrival.tenant;
    if (who.previous_id) return std::nullopt;
    if (who.user_id && who.anonymous_id) {
        ATTUNE_TRY(auto user, resolve(tenant, IdKind::user, *who.user_id));
        ATTUNE_TRY(auto visitor, resolve(tenant, IdKind::anonymous, *who.anonymous_id));
        if (!user || user != visitor) return std::nullopt;
    }
    std::vector<LockedPerson> people;
    {
        ATTUNE_TRY(auto person, who.user_id ? find(tenant, IdKind::user, *who.user_id)
                                            : find(tenant, IdKind::anonymous, *who.anonymous_id));
        if (!person) return std::nullopt;
        people.push_back(*std::move(person));
    }
    return append(arrival, people, {}, events);
}

Result<Counted> People::Impl::append(Arrival& arrival, std::vector<LockedPerson>& people,
                                     const Plan& plan, PreparedEvents events) {
    LockedPerson& person = people[plan.into];
    const auto fresh = static_cast<std::uint32_t>(
        std::ranges::count_if(events, [](const PreparedEvent& one) { return one.is_new; }));
    const Counted counted{.accepted = fresh,
                          .duplicates = static_cast<std::uint32_t>(events.size()) - fresh};
    duplicates_.fetch_add(counted.duplicates, std::memory_order_relaxed);
    // What was told before linked then whom it linked, and the log would not tell who is linked now.
    if (fresh == 0 && (counted.duplicates > 0 || (plan.aliases.empty() && plan.merge.empty())))
        return counted;

    store::Append append{.tenant = arrival.tenant, .person = person.id()};
    append.events.reserve(fresh);
    for (PreparedEvent& one : events)
        if (one.is_new) append.events.push_back(std::move(one.stored));
    for (const auto& [kind, id] : plan.aliases)
        append.aliases.push_back(tenants_.hashed_id(arrival.tenant, name_of(kind), id));
    for (const std::size_t other : plan.merge)
        append.merges.push_back({people[other].id(), person.id()});
    // Nothing is lost without it.
    if (person->since_checkpoint >= options_.checkpoint_every_events) (void)checkpoint(person);
    ATTUNE_TRY(const PeopleChange change, begin_change(arrival.tenant, plan));
    if (auto queued = store_.append(std::move(append), arrival.stored); !queued) {
        on_the_way_->people.cancel(arrival.tenant, change);
        return std::unexpected(std::move(queued).error());
    }
    arrival.change.more += change.more;
    arrival.change.fewer += change.fewer;

    // From here on it is true, unless the disk fails.
    for (const auto& [kind, id] : plan.aliases) {
        arrival.ids.emplace_back(Directory::key(arrival.tenant, kind, id), person.id());
        on_the_way_->directory.pin(arrival.ids.back().first, person.id());
    }
    arrival.wait_for(person);
    for (const std::size_t other : plan.merge) {
        arrival.wait_for(people[other]);
        absorb(person, people[other]);
    }
    fold_in(person, events);
    return counted;
}

// Holds whoever comes to be against the tenant's limit.
Result<PeopleChange> People::Impl::begin_change(TenantId tenant, const Plan& plan) {
    const PeopleChange change{.more = plan.is_new ? 1u : 0u,
                              .fewer = static_cast<std::uint32_t>(plan.merge.size())};
    if (change.more + change.fewer == 0) return change;
    ATTUNE_TRY(const auto settings, tenants_.settings(tenant));
    ATTUNE_TRY_VOID(on_the_way_->people.begin(tenant, change, settings->limits.people_max));
    return change;
}

void People::Impl::absorb(LockedPerson& into, LockedPerson& from) {
    into->state.merge(from->state);
    into->members += from->members + 1;
    // Counts of keys that fell out are right in log order only.
    into->refold |= into->state.truncated != 0;
    lose(from, into.id());
    merges_.fetch_add(1, std::memory_order_relaxed);
}

void People::Impl::fold_in(LockedPerson& person, PreparedEvents events) {
    const auto weights = tenants_.weights(person.entry().tenant);
    // They changed since the person was locked: the next access folds again.
    person->refold |= weights->fingerprint() != person->state.weights_fingerprint;
    std::uint32_t folded = 0;
    for (const PreparedEvent& one : events) {
        if (!one.is_new) continue;
        fold(person->state, one.event, *weights);
        ++folded;
    }
    folded_.fetch_add(folded, std::memory_order_relaxed);
    person->since_checkpoint += folded;
    person->dirty = true;
    person->forget_rendered();
    settle(person);
}

}  // namespace attune::engine
