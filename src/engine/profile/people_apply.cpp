// Events into the log and the state, and ids to people.
//
// Which person an event belongs to:
//   only an anonymous id         the person who has it, or a new one
//   a user id                    the person who has it, or a new one; and when there is an anonymous id too
//     that nobody has            it becomes another id of this person
//     of someone without user id they are the same person: merged (or, when the user id is new, given that id)
//     of another known user      two users of one device: nobody is merged, the events are the user's
//   a previous id (alias)        whoever has it is the same person, known or not: merged
#include "engine/profile/people_impl.h"

#include "base/json.h"
#include "domain/describe.h"

#include <algorithm>
#include <set>
#include <span>

namespace attune::engine {

using store::PersonId;

namespace {

// The ids that this identity names, and whom they mean today.
struct Named {
    IdKind kind;
    std::string_view id;
    std::optional<PersonId> person;
};

class IdentityLocks {
public:
    IdentityLocks(std::span<std::mutex> locks, TenantId tenant, const Identity& who) {
        std::set<std::size_t> order;
        for (const auto* id : {&who.user_id, &who.anonymous_id, &who.previous_id}) {
            // One lock for both kinds of an id: a previous id may be either.
            if (*id)
                order.insert(base::KeyedHash{}(Directory::key(tenant, IdKind::user, **id)) %
                             locks.size());
        }
        for (const std::size_t index : order) held_.emplace_back(locks[index]);
    }

private:
    std::vector<std::unique_lock<std::mutex>> held_;
};

template <class List, class Value>
bool contains(const List& list, const Value& value) {
    return std::ranges::find(list, value) != list.end();
}

bool purely_anonymous(const LockedPerson& person) { return person->state.user_ids.empty(); }

}  // namespace

Result<Applied> People::Impl::apply(TenantId tenant, const Identity& who,
                                    std::vector<domain::Event> events) {
    if (!who.user_id && !who.anonymous_id)
        return fail_field("/user_id", "an event is about somebody: user_id or anonymous_id");
    ATTUNE_TRY(auto prepared, prepare(tenant, std::move(events)));
    for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
        {
            std::function<void()> after;
            ATTUNE_TRY(auto person, find_settled(tenant, who));
            if (person) {
                std::vector<LockedPerson> none;
                auto applied = append(tenant, *person, none, {}, prepared, after);
                person.reset();
                if (after) after();
                trim();
                return applied;
            }
        }
        ATTUNE_TRY(auto applied, apply_linking(tenant, who, prepared));
        if (applied) {
            trim();
            return *std::move(applied);
        }
    }
    return fail(Code::aborted, "people were merged faster than they could be followed; try again");
}

Result<std::vector<PreparedEvent>> People::Impl::prepare(TenantId tenant,
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

// The person of all the named ids, when they are one already: nearly every event.
Result<std::optional<LockedPerson>> People::Impl::find_settled(TenantId tenant,
                                                               const Identity& who) {
    if (who.previous_id) return std::nullopt;
    const IdKind kind = who.user_id ? IdKind::user : IdKind::anonymous;
    if (who.user_id && who.anonymous_id) {
        ATTUNE_TRY(auto user, resolve(tenant, IdKind::user, *who.user_id));
        ATTUNE_TRY(auto visitor, resolve(tenant, IdKind::anonymous, *who.anonymous_id));
        if (!user || user != visitor) return std::nullopt;
    }
    return find(tenant, kind, who.user_id ? *who.user_id : *who.anonymous_id);
}

// The whole decision, with the ids locked against everybody else who would give them to people. Empty: the people changed
// meanwhile, look again.
Result<std::optional<Applied>> People::Impl::apply_linking(TenantId tenant, const Identity& who,
                                                           std::vector<PreparedEvent>& events) {
    const IdentityLocks ids_locked(identity_locks_, tenant, who);
    std::vector<Named> named;
    if (who.user_id) named.push_back({IdKind::user, *who.user_id, {}});
    if (who.anonymous_id) named.push_back({IdKind::anonymous, *who.anonymous_id, {}});
    if (who.previous_id) {
        named.push_back({IdKind::user, *who.previous_id, {}});
        named.push_back({IdKind::anonymous, *who.previous_id, {}});
    }
    // Ask for each id where it leads today; the people are locked together afterwards, in the order of their ids.
    std::set<PersonId> everyone;
    for (Named& one : named) {
        ATTUNE_TRY(auto person, find(tenant, one.kind, one.id));
        if (!person) continue;
        one.person = person->entry().id;
        everyone.insert(*one.person);
    }
    const bool user_is_new = who.user_id && !named[0].person;
    PersonId fresh;
    if (everyone.empty()) everyone.insert(fresh = random_.id());

    std::vector<LockedPerson> people;
    people.reserve(everyone.size());
    for (const PersonId& id : everyone) {
        people.emplace_back(cache_.get(tenant, id));
        if (id == fresh) {
            people.back()->life = Life::live;
            people.back()->state = FoldState(tenants_.weights(tenant)->fingerprint());
        } else {
            ATTUNE_TRY_VOID(refresh(people.back()));
        }
        if (people.back()->life != Life::live) return std::nullopt;
    }
    const auto locked = [&](PersonId id) {
        return static_cast<std::size_t>(
            std::ranges::find(people, id, [](const LockedPerson& p) { return p.entry().id; }) -
            people.begin());
    };

    // Who it is about.
    const std::optional<PersonId> visitor =
        who.anonymous_id ? named[who.user_id ? 1 : 0].person : std::nullopt;
    const bool visitor_is_other = who.user_id && visitor &&
                                  !purely_anonymous(people[locked(*visitor)]) &&
                                  (user_is_new || *named[0].person != *visitor);
    std::optional<PersonId> subject = named[0].person;
    if (user_is_new && visitor && !visitor_is_other) subject = visitor;
    if (!subject && fresh.is_nil() && who.previous_id) {
        // A new name for somebody known by another.
        for (const Named& one : named) {
            if (one.id == *who.previous_id && one.person) subject = one.person;
        }
    }
    if (!subject && fresh.is_nil()) {
        // The ids that are known belong to somebody else.
        people.emplace_back(cache_.get(tenant, fresh = random_.id()));
        people.back()->life = Life::live;
        people.back()->state = FoldState(tenants_.weights(tenant)->fingerprint());
    }
    const std::size_t into = locked(subject.value_or(fresh));

    // What else becomes theirs.
    Plan plan;
    std::size_t members = people[into]->members;
    for (const Named& one : named) {
        const bool is_previous = who.previous_id && one.id == *who.previous_id;
        if (!one.person) {
            const std::pair alias{one.kind, std::string(one.id)};
            if (!contains(plan.aliases, alias)) plan.aliases.push_back(alias);
            continue;
        }
        const std::size_t other = locked(*one.person);
        if (other == into || contains(plan.merge, other)) continue;
        if (!is_previous && visitor_is_other) continue;
        const std::size_t more = people[other]->members + 1;
        if (members + more > options_.members_max) {
            if (!is_previous)
                continue;  // the device stays a person of its own; the event is the user's
            return fail(Code::resource_exhausted,
                        "more than " + std::to_string(options_.members_max) +
                            " people would be merged into one",
                        "members_max");
        }
        members += more;
        plan.merge.push_back(other);
    }

    std::vector<LockedPerson> others;
    std::optional<LockedPerson> person;
    Plan final_plan{std::move(plan.aliases), {}};
    for (std::size_t i = 0; i < people.size(); ++i) {
        if (i == into) {
            person.emplace(std::move(people[i]));
        } else if (contains(plan.merge, i)) {
            final_plan.merge.push_back(others.size());
            others.push_back(std::move(people[i]));
        }
    }
    people.clear();
    std::function<void()> after;
    auto applied = append(tenant, *person, others, final_plan, events, after);
    const bool failed = !applied;
    if (failed && person->entry().id == fresh) {
        lose(*person, std::nullopt);
        cache_.drop(person->entry());
    }
    others.clear();
    person.reset();
    if (after) after();
    if (failed) return std::unexpected(std::move(applied).error());
    return std::optional(*std::move(applied));
}

Result<Applied> People::Impl::append(TenantId tenant, LockedPerson& person,
                                     std::vector<LockedPerson>& others, const Plan& plan,
                                     std::vector<PreparedEvent>& events,
                                     std::function<void()>& after) {
    struct Commit {
        base::TicketIssuer issuer;
        std::shared_ptr<OnTheWay> on_the_way;
        TenantId tenant;
        PersonId person;
        std::vector<store::EventKey> keys;
        std::vector<std::string> ids;
        std::vector<std::shared_ptr<PersonEntry>> people;

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
        void abandon(const Error& error) {
            on_the_way->in_flight.release(tenant, keys);
            issuer.complete(std::unexpected(error));
        }
    };
    auto commit = std::make_shared<Commit>();
    commit->on_the_way = on_the_way_;
    commit->tenant = tenant;
    commit->person = person.entry().id;

    Applied applied{.ticket = commit->issuer.ticket()};
    const base::Ticket mine = applied.ticket;
    store::Append append{.tenant = tenant, .person = person.entry().id};
    std::vector<const PreparedEvent*> accepted;
    for (PreparedEvent& one : events) {
        const auto first = on_the_way_->in_flight.reserve(tenant, one.stored.key, mine);
        if (!first) {
            commit->keys.push_back(one.stored.key);
            const auto known = store_.has_event(tenant, one.stored.key);
            if (!known) {
                after = [commit, error = known.error()] { commit->abandon(error); };
                return std::unexpected(known.error());
            }
            if (!*known) {
                append.events.push_back(std::move(one.stored));
                accepted.push_back(&one);
                continue;
            }
        } else {
            applied.ticket = base::Ticket::both(applied.ticket, *first);
        }
        ++applied.duplicates;
    }
    duplicates_.fetch_add(applied.duplicates, std::memory_order_relaxed);
    for (const auto& [kind, id] : plan.aliases)
        append.aliases.push_back(tenants_.hashed_id(tenant, name_of(kind), id));
    for (const std::size_t other : plan.merge)
        append.merges.push_back({others[other].entry().id, person.entry().id});

    if (append.events.empty() && append.aliases.empty() && append.merges.empty()) {
        // Nothing new; `mine` is done, what the duplicates wait for may not be.
        after = [commit] { commit->finish({}); };
        return applied;
    }
    if (person->since_checkpoint >= options_.checkpoint_every_events) (void)checkpoint(person);
    auto ticket = store_.append(std::move(append));
    if (!ticket) {
        after = [commit, error = ticket.error()] { commit->abandon(error); };
        return std::unexpected(ticket.error());
    }

    // From here on it is true, unless the disk fails.
    for (const auto& [kind, id] : plan.aliases) {
        commit->ids.push_back(Directory::key(tenant, kind, id));
        on_the_way_->directory.pin(commit->ids.back(), person.entry().id);
    }
    commit->people.push_back(person.shared());
    for (const std::size_t other : plan.merge) {
        LockedPerson& from = others[other];
        commit->people.push_back(from.shared());
        person->state.merge(from->state);
        person->members += from->members + 1;
        person->refold |= person->state.truncated != 0;
        lose(from, person.entry().id);
        merges_.fetch_add(1, std::memory_order_relaxed);
    }
    const auto weights = tenants_.weights(tenant);
    if (weights->fingerprint() != person->state.weights_fingerprint) person->refold = true;
    for (const PreparedEvent* one : accepted) fold(person->state, one->event, *weights);
    for (const auto& entry : commit->people) ++entry->pending;
    applied.accepted = static_cast<std::uint32_t>(accepted.size());
    folded_.fetch_add(applied.accepted, std::memory_order_relaxed);
    person->since_checkpoint += applied.accepted;
    person->dirty = true;
    person->rendered.reset();
    settle(person);
    after = [commit, ticket = *std::move(ticket)] {
        ticket.then([commit](const Result<void>& outcome) { commit->finish(outcome); });
    };
    return applied;
}

}  // namespace attune::engine
