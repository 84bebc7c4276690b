// People: the one place where events become what we know of a person. It resolves external ids to
// people, drops events it has seen, folds the rest into memory and queues them for the disk, in one
// step under the person's lock, so that the fold's order is the log's order and a read right after
// sees the write.
//
//     auto applied = people.apply(tenant, {.user_id = "ann"}, std::move(events));   // or a list of those
//     auto profile = people.read(tenant, "ann");         // has them already
//     applied->ticket.wait();                            // and now they survive a crash
//
// Which ids are one person: docs/decisions/0033-who-is-who.md. Thread-safe. Profiles live in a
// striped cache with a byte budget; a person with undurable events is never evicted. A person is
// locked while their events are appended and folded, and while they are read from the store for the
// first time; nobody else waits for that.
#pragma once

#include "base/random.h"
#include "base/result.h"
#include "base/ticket.h"
#include "base/time.h"
#include "domain/event.h"
#include "domain/profile.h"
#include "domain/tenant.h"
#include "engine/tenancy/tenant_view.h"
#include "store/store.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace attune::engine {

// Who an event is about: a known user, an anonymous visitor, or a visitor who turns out to be a
// user.
struct Identity {
    std::optional<std::string> user_id;
    std::optional<std::string> anonymous_id;
    std::optional<std::string>
        previous_id;  // alias: another user id (or anonymous id) of the same person
};

// Complete, enriched events of one identity.
struct Told {
    Identity who;
    std::vector<domain::Event> events;
    // Nobody comes to be by them: not_found when nobody is known by the identity (any more).
    bool only_known = false;
};

struct Counted {
    std::uint32_t accepted = 0;
    std::uint32_t duplicates = 0;
};

struct Applied : Counted {
    base::Ticket ticket = base::Ticket::done();
};

struct AppliedEach {
    std::vector<Result<Counted>> each;
    std::optional<Error> full;  // the store takes nothing: why it refused one, and all after that
    base::Ticket ticket = base::Ticket::done();  // of all that was accepted
};

// Which variant of an experiment a person was given first; where sessions are assigned, in their newest one.
struct RememberedAssignment {
    std::string experiment;
    std::string variant;
    std::string unit;  // the session, the group; empty: the person

    bool operator==(const RememberedAssignment&) const = default;
};

// A profile as it is answered: rendered once for each version and shared by every reader.
struct RenderedProfile {
    std::uint64_t version = 0;
    std::string etag;                               // quoted
    std::string json;                               // domain::Profile
    std::vector<RememberedAssignment> assignments;  // by experiment; no part of the profile
};

// What a capability makes of a profile, kept along with it and counted as memory of the cache.
struct Derived {
    std::shared_ptr<const void> value;
    std::size_t bytes = 0;
};
using Derive = Derived (*)(const RenderedProfile&);

struct InteractionQuery {
    std::optional<std::string> event;  // as domain::EventNamed means it
    std::optional<std::string> item_id;
    std::optional<base::Time> since;  // inclusive
    std::optional<base::Time> until;  // exclusive
    std::optional<std::string> cursor;
    std::size_t limit = 100;
};

struct UserSummary {
    store::PersonId person;
    std::string user_id;  // one of the person's ids, a known one where there is one
    std::vector<std::string> user_ids;
    std::vector<std::string> anonymous_ids;
    std::uint64_t version = 0;
    std::optional<base::Time> first_seen_at;
    std::optional<base::Time> last_seen_at;
};

struct PeopleOptions {
    std::size_t cache_bytes_max = 512u << 20;
    std::uint32_t checkpoint_every_events =
        64;                         // written when evicted, at shutdown, and after so many events
    std::size_t members_max = 256;  // people merged into one
};

struct PeopleStats {
    std::uint64_t cached_people = 0;
    std::uint64_t cached_bytes = 0;
    std::uint64_t hits = 0;
    std::uint64_t misses = 0;
    std::uint64_t folded_events = 0;
    std::uint64_t duplicates = 0;
    std::uint64_t merges = 0;
    std::uint64_t anomalies = 0;  // recomputes that told another story than memory did
};

class People {
public:
    // All arguments outlive People.
    People(store::Store& store, const TenantView& tenants, const base::Clock& clock,
           base::Random& random, PeopleOptions options);
    ~People();  // writes checkpoints of what is dirty

    // What is told of one identity is taken as a whole or not at all, and on its own. Fails before
    // anything of it is folded when the store's queue or disk is full; then so does all that follows.
    // Of somebody new, when the tenant has as many people as it may: resource_exhausted "people_max".
    // Events whose id was seen before in this tenant are dropped and counted.
    [[nodiscard]] AppliedEach apply(TenantId tenant, std::vector<Told> told);
    [[nodiscard]] Result<Applied> apply(TenantId tenant, const Identity& who,
                                        std::vector<domain::Event> events);

    // `user_id` may be a known or an anonymous id. not_found when nobody has it.
    [[nodiscard]] Result<std::shared_ptr<const RenderedProfile>> read(TenantId tenant,
                                                                      std::string_view user_id);
    // Of a person of a list, by the id that the list calls them by: the id may be another person's too, as a visitor's. Null for
    // one who was erased, or merged into somebody else.
    [[nodiscard]] Result<std::shared_ptr<const RenderedProfile>> read(TenantId tenant,
                                                                      const store::PersonId& person,
                                                                      std::string_view user_id);
    // What `derive` makes of the profile: made once for each version of it. There is one `derive` for all callers, so the
    // one who asks knows the type.
    [[nodiscard]] Result<std::shared_ptr<const void>> derived(TenantId tenant,
                                                              std::string_view user_id,
                                                              Derive derive);
    // The same as values, for callers inside the process.
    [[nodiscard]] Result<domain::Profile> profile(TenantId tenant, std::string_view user_id);

    // Which variants the person was given, by experiment. not_found when nobody has the id.
    [[nodiscard]] Result<std::vector<RememberedAssignment>> assignments(TenantId tenant,
                                                                        std::string_view user_id);

    struct Recomputed {
        std::shared_ptr<const RenderedProfile> profile;
        std::uint64_t events = 0;
        bool changed = false;  // the log told another story than memory did; counted as an anomaly
    };
    // Folds the person's whole log again, from nothing.
    [[nodiscard]] Result<Recomputed> recompute(TenantId tenant, std::string_view user_id);

    // A person's events, those that arrived last first: an event that came late stands where it came,
    // whatever its time. A page costs what it shows; of a filter that few events pass it looks at
    // 10,000 events and may be short or even empty while its cursor goes on.
    [[nodiscard]] Result<store::Listing<domain::Event>> interactions(TenantId tenant,
                                                                     std::string_view user_id,
                                                                     const InteractionQuery& query);
    [[nodiscard]] Result<store::Listing<UserSummary>> list(TenantId tenant,
                                                           const store::Page& page);

    // Empty for one who was erased, or merged into somebody else.
    [[nodiscard]] Result<std::optional<UserSummary>> summary(TenantId tenant,
                                                             const store::PersonId& person);

    // Everything of the person, under all their ids, is gone when this returns. Nobody reads any of it, and what is told of their
    // ids is of somebody new, long before that where they did much. An error may say that deleting it goes on.
    [[nodiscard]] Result<void> erase(TenantId tenant, std::string_view user_id);
    // From now on `told` hears of everybody who was erased, of those who were merged into them too, before erase() returns, with
    // no lock held. `begins` hears before
    // anything of a person is gone, with the person's lock held, and all ids they are known by, of every kind; what it answers
    // is kept until that erasure is over; where it fails, nobody is erased. To be said while nobody is erased yet.
    using Erased = std::function<void(TenantId tenant, const store::PersonId& person)>;
    using ErasureBegins = std::function<Result<std::shared_ptr<void>>(
        TenantId tenant, std::span<const std::string> ids)>;
    void tell_of_erasures(
        Erased told,
        ErasureBegins begins = [](TenantId, std::span<const std::string>) { return nullptr; });

    // Writes checkpoints of all dirty people; for shutdown and for tests.
    [[nodiscard]] Result<void> checkpoint_all();

    [[nodiscard]] PeopleStats stats() const;

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace attune::engine
