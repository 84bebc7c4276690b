// Events into the log and into the state.
#include "engine/profile/people_impl.h"

#include "base/json.h"
#include "domain/describe.h"

namespace attune::engine {

using store::PersonId;

namespace {

// One append on its way to the disk. Owns what must be undone or settled when the outcome is known.
struct Commit {
    Commit(std::shared_ptr<OnTheWay> shared, TenantId of_tenant, PersonId of_person)
        : on_the_way(std::move(shared)), tenant(of_tenant), person(of_person) {}

    // On the commit thread. Bookkeeping first: who waits for the ticket finds everything settled.
    void finish(const Result<void>& outcome) {
        for (const std::string& id : ids)
            on_the_way->directory.unpin(id, person, outcome.has_value());
        on_the_way->in_flight.release(tenant, keys);
        for (const auto& entry : people) {
            if (!outcome) entry->failed = true;
            --entry->pending;
        }
        issuer.complete(outcome);
    }

    base::TicketIssuer issuer;
    std::shared_ptr<OnTheWay> on_the_way;
    TenantId tenant;
    PersonId person;
    std::vector<store::EventKey> keys;
    std::vector<std::string> ids;
    std::vector<std::shared_ptr<PersonEntry>> people;
};

// Splits what is new from what was seen before. Duplicates of events on their way add those events' tickets.
Result<std::vector<PreparedEvent*>> take_new(store::Store& store, Commit& commit,
                                             std::vector<PreparedEvent>& events, Applied& applied) {
    const base::Ticket mine = commit.issuer.ticket();
    std::vector<PreparedEvent*> fresh;
    fresh.reserve(events.size());
    for (PreparedEvent& one : events) {
        if (const auto first =
                commit.on_the_way->in_flight.reserve(commit.tenant, one.stored.key, mine)) {
            applied.ticket = base::Ticket::both(applied.ticket, *first);
            ++applied.duplicates;
            continue;
        }
        commit.keys.push_back(one.stored.key);
        ATTUNE_TRY(const bool known, store.has_event(commit.tenant, one.stored.key));
        if (known)
            ++applied.duplicates;
        else
            fresh.push_back(&one);
    }
    return fresh;
}

}  // namespace

Result<Applied> People::Impl::apply(TenantId tenant, const Identity& who,
                                    std::vector<domain::Event> events) {
    if (!who.user_id && !who.anonymous_id) {
        return fail_field("/user_id", "an event is about somebody: user_id or anonymous_id");
    }
    std::vector<PreparedEvent> prepared = prepare(tenant, std::move(events));
    for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
        ATTUNE_TRY(auto applied, apply_settled(tenant, who, prepared));
        if (!applied) {
            ATTUNE_TRY(auto linked, apply_linking(tenant, who, prepared));
            if (!linked) continue;
            applied = std::move(linked);
        }
        trim();
        return *std::move(applied);
    }
    return fail(Code::aborted, "people were merged faster than they could be followed; try again");
}

std::vector<PreparedEvent> People::Impl::prepare(TenantId tenant,
                                                 std::vector<domain::Event> events) {
    std::vector<PreparedEvent> prepared;
    prepared.reserve(events.size());
    for (domain::Event& event : events) {
        store::StoredEvent stored{tenants_.hashed_id(tenant, "event", event.id),
                                  base::to_json(event)};
        prepared.push_back({std::move(event), std::move(stored)});
    }
    return prepared;
}

// When all the named ids mean one person already, as they do for nearly every event. Empty: they do not.
Result<std::optional<Applied>> People::Impl::apply_settled(TenantId tenant, const Identity& who,
                                                           std::vector<PreparedEvent>& events) {
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
    AfterUnlock after;
    auto applied = append(tenant, people, {}, events, after);
    people.clear();
    after();
    if (!applied) return std::unexpected(std::move(applied).error());
    return std::optional(*std::move(applied));
}

Result<Applied> People::Impl::append(TenantId tenant, std::vector<LockedPerson>& people,
                                     const Plan& plan, std::vector<PreparedEvent>& events,
                                     AfterUnlock& after) {
    LockedPerson& person = people[plan.into];
    auto commit = std::make_shared<Commit>(on_the_way_, tenant, person.id());
    const auto give_up = [&](Error error) {
        after.then([commit, error] { commit->finish(std::unexpected(error)); });
        return std::unexpected(error);
    };
    Applied applied{.ticket = commit->issuer.ticket()};
    auto fresh = take_new(store_, *commit, events, applied);
    if (!fresh) return give_up(fresh.error());
    duplicates_.fetch_add(applied.duplicates, std::memory_order_relaxed);
    if (fresh->empty() && plan.aliases.empty() && plan.merge.empty()) {
        // Nothing new. What the duplicates wait for is part of the ticket.
        after.then([commit] { commit->finish({}); });
        return applied;
    }

    store::Append append{.tenant = tenant, .person = person.id()};
    for (PreparedEvent* one : *fresh) append.events.push_back(std::move(one->stored));
    for (const auto& [kind, id] : plan.aliases)
        append.aliases.push_back(tenants_.hashed_id(tenant, name_of(kind), id));
    for (const std::size_t other : plan.merge)
        append.merges.push_back({people[other].id(), person.id()});
    // Nothing is lost without it.
    if (person->since_checkpoint >= options_.checkpoint_every_events) (void)checkpoint(person);
    auto ticket = store_.append(std::move(append));
    if (!ticket) return give_up(ticket.error());

    // From here on it is true, unless the disk fails.
    for (const auto& [kind, id] : plan.aliases) {
        commit->ids.push_back(Directory::key(tenant, kind, id));
        on_the_way_->directory.pin(commit->ids.back(), person.id());
    }
    commit->people.push_back(person.shared());
    for (const std::size_t other : plan.merge) {
        commit->people.push_back(people[other].shared());
        absorb(person, people[other]);
    }
    for (const auto& entry : commit->people) ++entry->pending;
    fold_in(person, *fresh);
    applied.accepted = static_cast<std::uint32_t>(fresh->size());
    after.then([commit, ticket = *std::move(ticket)] {
        ticket.then([commit](const Result<void>& outcome) { commit->finish(outcome); });
    });
    return applied;
}

void People::Impl::absorb(LockedPerson& into, LockedPerson& from) {
    into->state.merge(from->state);
    into->members += from->members + 1;
    // Counts of keys that fell out are right in log order only.
    into->refold |= into->state.truncated != 0;
    lose(from, into.id());
    merges_.fetch_add(1, std::memory_order_relaxed);
}

void People::Impl::fold_in(LockedPerson& person, const std::vector<PreparedEvent*>& events) {
    const auto weights = tenants_.weights(person.entry().tenant);
    // They changed since the person was locked: the next access folds again.
    person->refold |= weights->fingerprint() != person->state.weights_fingerprint;
    for (const PreparedEvent* one : events) fold(person->state, one->event, *weights);
    folded_.fetch_add(events.size(), std::memory_order_relaxed);
    person->since_checkpoint += static_cast<std::uint32_t>(events.size());
    person->dirty = true;
    person->rendered.reset();
    settle(person);
}

}  // namespace attune::engine
