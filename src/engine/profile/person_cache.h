// PersonCache: the people in memory, striped, within a byte budget. Who was not asked for since the hand came by last is
// offered as a victim (CLOCK); a person who is in use or has undurable events is never removed.
//
// A person's own data can be reached only with the person locked:
//
//     LockedPerson person(cache.get(tenant, id));      // made when it is not there, then still Life::unknown
//     person->state …
//
// Thread-safe. The stripes' locks are leaves: they may be taken with a person locked, never the other way round.
#pragma once

#include "base/mutex.h"
#include "engine/profile/fold_state.h"
#include "engine/profile/people.h"
#include "store/store.h"

#include <array>
#include <atomic>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace attune::engine {

enum class Life : std::uint8_t {
    unknown,  // not read from the store yet
    live,
    gone,  // erased, merged into `moved_to`, or never there
};

// What we hold of a person. Guarded by the person's lock.
struct PersonData {
    Life life = Life::unknown;
    bool dirty = false;   // the store's checkpoint is older than this
    bool refold = false;  // right but not canonical: fold the log again when nothing is on its way
    std::uint32_t members = 0;           // people merged into this one
    std::uint32_t since_checkpoint = 0;  // events
    std::optional<store::PersonId> moved_to;
    FoldState state;
    std::shared_ptr<const RenderedProfile> rendered;
    std::string rendered_for;  // the id it was asked for by
    Derived derived;           // from `rendered`

    // The state has changed.
    void forget_rendered() {
        rendered.reset();
        derived = {};
    }
};

class PersonEntry {
public:
    PersonEntry(domain::TenantId tenant, store::PersonId id) : tenant(tenant), id(id) {}

    const domain::TenantId tenant;
    const store::PersonId id;
    // Set by commit callbacks, which must not wait for the person's lock.
    std::atomic<std::uint32_t> pending = 0;  // appends that are not durable yet
    std::atomic<bool> failed = false;  // one of them never will be: memory is ahead of the log

private:
    friend class LockedPerson;
    friend class PersonCache;
    std::mutex mutex_;
    PersonData data_;
    std::atomic<std::size_t> charged_ = 0;
    std::atomic<bool> referenced_ = true;
    std::size_t ring_index_ = 0;  // guarded by the stripe
};

class LockedPerson {
public:
    explicit LockedPerson(std::shared_ptr<PersonEntry> entry)
        : entry_(std::move(entry)), lock_(entry_->mutex_) {}
    LockedPerson(LockedPerson&&) = default;
    // Assigning would let go of the entry before its lock.
    LockedPerson& operator=(LockedPerson&&) = delete;

    [[nodiscard]] PersonData* operator->() const { return &entry_->data_; }
    [[nodiscard]] PersonEntry& entry() const { return *entry_; }
    [[nodiscard]] store::PersonId id() const { return entry_->id; }
    [[nodiscard]] const std::shared_ptr<PersonEntry>& shared() const { return entry_; }

private:
    std::shared_ptr<PersonEntry> entry_;  // outlives the lock
    std::unique_lock<std::mutex> lock_;
};

class PersonCache {
public:
    explicit PersonCache(std::size_t bytes_max) : bytes_max_(bytes_max) {}

    [[nodiscard]] std::shared_ptr<PersonEntry> get(domain::TenantId tenant, store::PersonId id);
    [[nodiscard]] std::shared_ptr<PersonEntry> find(domain::TenantId tenant, store::PersonId id);
    // Forgets the entry itself; whoever holds it finds it gone.
    void drop(const PersonEntry& entry);
    // Counts what the person takes now. With the person locked.
    void charge(const LockedPerson& person);

    [[nodiscard]] bool over_budget() const {
        return bytes_.load(std::memory_order_relaxed) > bytes_max_;
    }
    // Somebody who could go; null when nobody was found in one stripe.
    [[nodiscard]] std::shared_ptr<PersonEntry> victim();
    // Removes it unless someone took it up again meanwhile.
    bool remove_unused(const std::shared_ptr<PersonEntry>& entry);

    void for_each(const std::function<void(const std::shared_ptr<PersonEntry>&)>& visit);
    [[nodiscard]] std::uint64_t people() const { return people_.load(std::memory_order_relaxed); }
    [[nodiscard]] std::uint64_t bytes() const { return bytes_.load(std::memory_order_relaxed); }

private:
    struct Key {
        std::uint32_t tenant;
        store::PersonId person;
        bool operator==(const Key&) const = default;
    };
    struct KeyHash {
        std::size_t operator()(const Key& key) const noexcept { return key.person.low(); }
    };
    struct alignas(64) Stripe {
        base::Mutex mutex;
        // Flat: who is looked up is rarely in the processor's caches, and a chain costs a miss a link.
        boost::unordered_flat_map<Key, std::shared_ptr<PersonEntry>, KeyHash> people
            ATTUNE_GUARDED_BY(mutex);
        std::vector<PersonEntry*> ring ATTUNE_GUARDED_BY(mutex);
        std::size_t hand ATTUNE_GUARDED_BY(mutex) = 0;
    };

    Stripe& stripe_of(store::PersonId id) { return stripes_[id.bytes[0] % kStripes]; }
    void unlink(Stripe& stripe, PersonEntry& entry) ATTUNE_REQUIRES(stripe.mutex);

    static constexpr std::size_t kStripes = 256;
    const std::size_t bytes_max_;
    std::array<Stripe, kStripes> stripes_;
    std::atomic<std::size_t> bytes_ = 0;
    std::atomic<std::uint64_t> people_ = 0;
    std::atomic<std::size_t> next_stripe_ = 0;
};

}  // namespace attune::engine
