// Who is who (docs/decisions/0033-who-is-who.md). An event belongs to:
//   only an anonymous id           the person who has it, or a new one
//   a user id                      the person who has it, or a new one; and when there is an anonymous id too
//     that nobody has              it becomes another id of this person
//     of someone without user id   they are the same person: merged (or, when the user id is new, given that id)
//     of another known user        two users of one device: nobody is merged, the events are the user's
//   a previous id (alias)          whoever has it is the same person, known or not: merged; that is the user of that id
//                                  where there is one, and not the visitor who has the same id besides
#include "engine/profile/arrival.h"
#include "engine/profile/people_impl.h"

#include <algorithm>
#include <set>
#include <span>

namespace attune::engine {

using store::PersonId;

namespace {

// An id that the identity names, and whom it means today.
struct Named {
    IdKind kind;
    std::string_view id;
    bool is_previous;
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

// The user first, then the visitor, then the previous id as both.
std::vector<Named> ids_of(const Identity& who) {
    std::vector<Named> named;
    if (who.user_id) named.push_back({IdKind::user, *who.user_id, false, {}});
    if (who.anonymous_id) named.push_back({IdKind::anonymous, *who.anonymous_id, false, {}});
    if (who.previous_id) {
        named.push_back({IdKind::user, *who.previous_id, true, {}});
        named.push_back({IdKind::anonymous, *who.previous_id, true, {}});
    }
    return named;
}

// A previous id is one id of one person. Where a user has it, whoever has it as a visitor is somebody else: ids of users and
// of visitors are given by different parts of an application, or by a stranger.
void name_one_previous_person(std::vector<Named>& named) {
    const auto is_previous_user = [](const Named& one) {
        return one.is_previous && one.kind == IdKind::user && one.person;
    };
    if (std::ranges::none_of(named, is_previous_user)) return;
    std::erase_if(named, [](const Named& one) {
        return one.is_previous && one.kind == IdKind::anonymous && one.person;
    });
}

// What to do with the locked people. `subject` empty: a new person.
struct Decision {
    std::optional<PersonId> subject;
    bool leave_visitor = false;  // another known user's device
};

Decision decide(const Identity& who, const std::vector<Named>& named,
                const std::vector<LockedPerson>& people) {
    const auto known_user = [&](PersonId id) {
        const auto at = std::ranges::find(people, id, &LockedPerson::id);
        return at != people.end() && !(*at)->state.user_ids.empty();
    };
    const std::optional<PersonId> first = named[0].person;
    const std::optional<PersonId> visitor =
        who.user_id && who.anonymous_id ? named[1].person : std::nullopt;
    const bool leave_visitor = visitor && visitor != first && known_user(*visitor);
    if (first) return {first, leave_visitor};
    if (visitor && !leave_visitor) return {visitor, false};
    // A new name for somebody known by another.
    for (const Named& one : named) {
        if (one.is_previous && one.person) return {one.person, leave_visitor};
    }
    return {std::nullopt, leave_visitor};
}

// The ids to give to people[into], and who else becomes theirs.
Result<Plan> plan_of(const std::vector<Named>& named, const std::vector<LockedPerson>& people,
                     std::size_t into, bool leave_visitor, std::size_t members_max) {
    Plan plan{.into = into};
    std::size_t members = people[into]->members;
    for (const Named& one : named) {
        if (!one.person) {
            const std::pair alias{one.kind, std::string(one.id)};
            if (std::ranges::find(plan.aliases, alias) == plan.aliases.end())
                plan.aliases.push_back(alias);
            continue;
        }
        const auto other = static_cast<std::size_t>(
            std::ranges::find(people, *one.person, &LockedPerson::id) - people.begin());
        if (other == into || std::ranges::find(plan.merge, other) != plan.merge.end()) continue;
        if (leave_visitor && !one.is_previous) continue;
        members += people[other]->members + 1;
        if (members > members_max) {
            if (one.is_previous) {
                return fail(
                    Code::resource_exhausted,
                    "more than " + std::to_string(members_max) + " people would be merged into one",
                    "members_max");
            }
            members -= people[other]->members + 1;  // the device stays a person of its own
            continue;
        }
        plan.merge.push_back(other);
    }
    return plan;
}

}  // namespace

// Locks them in the order of their ids. Empty: one of them is gone. `fresh` is made.
Result<std::optional<std::vector<LockedPerson>>> People::Impl::lock_people(
    TenantId tenant, const std::set<PersonId>& ids, std::optional<PersonId> fresh) {
    std::vector<LockedPerson> people;
    people.reserve(ids.size());
    for (const PersonId& id : ids) {
        LockedPerson& person = people.emplace_back(cache_.get(tenant, id));
        if (id == fresh) {
            person->life = Life::live;
            person->state = FoldState(tenants_.weights(tenant)->fingerprint());
        } else {
            ATTUNE_TRY_VOID(refresh(person));
        }
        if (person->life != Life::live) return std::nullopt;
    }
    return people;
}

// The whole decision, with the ids locked against everybody else who would give them to people. Empty: the people
// changed meanwhile, look again.
Result<std::optional<Counted>> People::Impl::apply_linking(Arrival& arrival, const Identity& who,
                                                           PreparedEvents events) {
    const TenantId tenant = arrival.tenant;
    const IdentityLocks ids_locked(identity_locks_, tenant, who);
    std::vector<Named> named = ids_of(who);
    // Whom each id means is asked one by one; then the people are locked together, in the order of their ids.
    for (Named& one : named) {
        ATTUNE_TRY(auto person, find(tenant, one.kind, one.id));
        if (person) one.person = person->id();
    }
    name_one_previous_person(named);
    std::set<PersonId> everyone;
    for (const Named& one : named)
        if (one.person) everyone.insert(*one.person);
    ATTUNE_TRY(auto locked, lock_people(tenant, everyone, std::nullopt));
    if (!locked) return std::nullopt;
    Decision decision = decide(who, named, *locked);
    std::optional<PersonId> fresh;
    if (!decision.subject) {
        // A new person takes their place in the order of locks, so the others are let go for a moment.
        // The ids stay locked: whom they mean changes only by a merge or an erasure, which is noticed.
        locked.reset();
        everyone.insert(*(fresh = random_.id()));
        ATTUNE_TRY(auto again, lock_people(tenant, everyone, fresh));
        if (!again) return std::nullopt;
        locked.emplace(*std::move(again));
        decision = decide(who, named, *locked);
        if (decision.subject) return std::nullopt;
    }
    std::vector<LockedPerson>& people = *locked;
    const PersonId subject = decision.subject.value_or(fresh.value_or(PersonId{}));
    const auto into = static_cast<std::size_t>(
        std::ranges::find(people, subject, &LockedPerson::id) - people.begin());
    ATTUNE_TRY(Plan plan,
               plan_of(named, people, into, decision.leave_visitor, options_.members_max));
    plan.is_new = fresh.has_value();

    auto counted = append(arrival, people, plan, events);
    if (!counted && fresh) {
        lose(people[into], std::nullopt);
        cache_.drop(people[into].entry());
    }
    return counted;
}

}  // namespace attune::engine
