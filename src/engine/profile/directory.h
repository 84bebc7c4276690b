// Directory: which person an external id means, remembered so that a read neither hashes the id nor asks the store.
//
// The store is the truth; this is a bounded memory of its answers, plus the ids that are on their way into it: those are
// pinned until their append is durable, because nobody else knows them yet. An answer may be out of date after a merge
// or an erasure: whoever follows it finds that the person is gone and calls correct().
//
//     auto key = Directory::key(tenant, IdKind::user, "ann");
//     auto known = directory.find(key);     // empty: ask the store, then remember()
//
// Thread-safe, striped; locks are leaves.
#pragma once

#include "base/keyed_hash.h"
#include "base/mutex.h"
#include "domain/tenant.h"
#include "store/store.h"

#include <array>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace attune::engine {

enum class IdKind : char { user = 'u', anonymous = 'a' };

[[nodiscard]] constexpr std::string_view name_of(IdKind kind) {
    return kind == IdKind::user ? "user" : "anonymous";
}

class Directory {
public:
    // Remembers about `capacity` ids.
    explicit Directory(std::size_t capacity);

    [[nodiscard]] static std::string key(domain::TenantId tenant, IdKind kind, std::string_view id);

    struct Answer {
        std::optional<store::PersonId>
            person;  // empty: nobody had this id when the store was asked
    };
    [[nodiscard]] std::optional<Answer> find(std::string_view key);
    // What the store answered. Loses against anything that is known already: that is newer.
    void remember(std::string_view key, std::optional<store::PersonId> person, std::uint64_t seen);
    // To be taken before asking the store; an answer that was overtaken by a change is not remembered.
    [[nodiscard]] std::uint64_t changes(std::string_view key);

    // An append that gives the id to `person` is on its way. Each pin is released once.
    void pin(std::string_view key, store::PersonId person);
    // The append is durable, or (kept = false) will never be.
    void unpin(std::string_view key, store::PersonId person, bool kept);
    // `wrong` is no person any more: it became `right`, or is erased.
    void correct(std::string_view key, store::PersonId wrong, std::optional<store::PersonId> right);

private:
    struct Slot {
        std::optional<store::PersonId> person;
        std::uint32_t pins = 0;
    };
    // Flat, because an id that is looked up is rarely in the processor's caches; never refer into one across a change.
    using Slots = boost::unordered_flat_map<std::string, Slot, base::KeyedHash, std::equal_to<>>;
    // Two generations: what is not asked for while `young` fills up leaves with `old`.
    struct alignas(64) Stripe {
        base::Mutex mutex;
        Slots young ATTUNE_GUARDED_BY(mutex);
        Slots old ATTUNE_GUARDED_BY(mutex);
        std::uint64_t changes ATTUNE_GUARDED_BY(mutex) = 0;
    };

    Stripe& stripe_of(std::string_view key);
    Slot* touch(Stripe& stripe, std::string_view key) ATTUNE_REQUIRES(stripe.mutex);
    Slot& place(Stripe& stripe, std::string_view key) ATTUNE_REQUIRES(stripe.mutex);

    static constexpr std::size_t kStripes = 64;
    std::size_t generation_max_;
    std::array<Stripe, kStripes> stripes_;
};

}  // namespace attune::engine
