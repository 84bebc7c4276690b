// Inside People. How an id becomes a locked, loaded person:
//
//   resolve()   id → PersonId: directory, else store.find_person
//   open()      PersonId → LockedPerson: cache, else checkpoint + tail of the log; follows merges; empty when erased
//   find()      both, and again when the directory's answer turned out to be out of date
//
// Lock order: identity locks (by index) → people (by id) → everything else, which are leaves. The store is called with a
// person locked, never with a leaf lock; commit callbacks take leaf locks only.
//
// When is a state what the log says? A person's events are appended and folded under their lock, in one order. While an
// append is on its way (`pending`), memory is ahead of the log; when none is, everything this person ever did is
// committed, at sequences up to the store's last one, and folded. That is when a checkpoint may be taken, with that
// sequence as its position: nothing at or before it is missing from the state, and whatever this person does later is
// committed after it.
#pragma once

#include "domain/event_kind.h"
#include "engine/profile/directory.h"
#include "engine/profile/in_flight.h"
#include "engine/profile/people.h"
#include "engine/profile/people_count.h"
#include "engine/profile/person_cache.h"

#include <array>
#include <atomic>
#include <mutex>
#include <set>
#include <span>
#include <utility>
#include <vector>

namespace attune::engine {

// What commit callbacks need; they may outlive People by a moment.
struct OnTheWay {
    OnTheWay(std::size_t ids, store::Store& store) : directory(ids), people(store) {}

    Directory directory;
    PeopleCount people;
    InFlight in_flight;
};

// An event as it will be stored, made before any lock is taken.
struct PreparedEvent {
    domain::Event event;
    store::StoredEvent stored;
    bool is_new = false;  // not seen before
};
using PreparedEvents = std::span<PreparedEvent>;

// What one call to apply() brings, on its way to the disk.
struct Arrival;

// One append as it was decided with everybody concerned locked.
struct Plan {
    std::size_t into = 0;  // whom it is about, among the locked people
    bool is_new = false;   // who comes to be by it
    std::vector<std::pair<IdKind, std::string>> aliases;  // ids that become theirs
    std::vector<std::size_t> merge;                       // people who become part of them
};

class People::Impl {
public:  // of a class that only this folder sees
    Impl(store::Store& store, const TenantView& tenants, base::Random& random,
         PeopleOptions options);

    // people_load.cpp
    Result<std::optional<store::PersonId>> resolve(TenantId tenant, IdKind kind,
                                                   std::string_view id);
    Result<std::optional<LockedPerson>> open(TenantId tenant, store::PersonId id);
    Result<std::optional<LockedPerson>> find(TenantId tenant, IdKind kind, std::string_view id);
    Result<LockedPerson> find_any(TenantId tenant,
                                  std::string_view id);  // a user before an anonymous one
    Result<void> refresh(LockedPerson& person);
    Result<void> load(LockedPerson& person, bool from_checkpoint);
    Result<FoldState> fold_log(TenantId tenant, store::PersonId id, FoldState state,
                               store::Position after, const WeightTable& weights);
    Result<void> checkpoint(LockedPerson& person);
    void settle(LockedPerson& person);  // accounts for memory
    void trim();                        // removes who was not asked for, down to the budget
    void lose(LockedPerson& person, std::optional<store::PersonId> moved_to);

    // people_apply.cpp
    AppliedEach apply(TenantId tenant, std::vector<Told> told);
    std::vector<PreparedEvent> prepare(TenantId tenant, std::vector<Told>& told);
    Result<void> mark_new(Arrival& arrival, PreparedEvents events);
    Result<Counted> apply_one(Arrival& arrival, const Told& told, PreparedEvents events);
    Result<std::optional<Counted>> apply_settled(Arrival& arrival, const Identity& who,
                                                 PreparedEvents events);
    Result<Counted> append(Arrival& arrival, std::vector<LockedPerson>& people, const Plan& plan,
                           PreparedEvents events);
    Result<PeopleChange> begin_change(TenantId tenant, const Plan& plan);
    void absorb(LockedPerson& into, LockedPerson& from);
    void fold_in(LockedPerson& person, PreparedEvents events);

    // people_link.cpp
    Result<std::optional<Counted>> apply_linking(Arrival& arrival, const Identity& who,
                                                 PreparedEvents events);
    Result<std::optional<std::vector<LockedPerson>>> lock_people(
        TenantId tenant, const std::set<store::PersonId>& ids,
        std::optional<store::PersonId> fresh);

    // people_read.cpp
    std::shared_ptr<const RenderedProfile> rendered(LockedPerson& person, std::string_view user_id);
    Result<Recomputed> recompute(TenantId tenant, std::string_view user_id);
    Result<store::Listing<domain::Event>> interactions(TenantId tenant, std::string_view user_id,
                                                       const InteractionQuery& query);
    Result<std::optional<UserSummary>> summary(TenantId tenant, const store::PersonId& id);
    Result<store::Listing<UserSummary>> list(TenantId tenant, const store::Page& page);
    Result<void> erase(TenantId tenant, std::string_view user_id);
    Result<base::Ticket> begin_erase(TenantId tenant, store::PersonId id);
    Result<void> checkpoint_all();

    store::Store& store_;
    const TenantView& tenants_;
    base::Random& random_;
    const PeopleOptions options_;
    Erased erased_ = [](TenantId, const store::PersonId&) {};
    ErasureBegins erasure_begins_ = [](TenantId, std::span<const std::string>) { return nullptr; };
    std::shared_ptr<OnTheWay> on_the_way_;
    PersonCache cache_;

    // Held while ids are given to people, so that two first events of one id make one person.
    static constexpr std::size_t kIdentityLocks = 256;
    std::array<std::mutex, kIdentityLocks> identity_locks_;

    std::atomic<std::uint64_t> hits_ = 0;
    std::atomic<std::uint64_t> misses_ = 0;
    std::atomic<std::uint64_t> folded_ = 0;
    std::atomic<std::uint64_t> duplicates_ = 0;
    std::atomic<std::uint64_t> merges_ = 0;
    std::atomic<std::uint64_t> anomalies_ = 0;
};

[[nodiscard]] std::vector<RememberedAssignment> assignments_of(const FoldState& state);

// How often a lookup is tried again when other threads merge or erase people under it.
inline constexpr int kAttemptsMax = 64;

}  // namespace attune::engine
