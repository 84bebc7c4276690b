// Keyed hashing for whatever comes from outside. Crafted keys made std::unordered_map with the
// standard hash 3,600 times slower; nobody can craft collisions for SipHash without its secret,
// which is drawn anew in each process.
//
//     base::KeyedMap<std::string, Item> items;            // unordered_map, looked up by
//     string_view without a copy if (auto at = items.find(std::string_view{"a"}); at !=
//     items.end()) …
//
//     std::uint64_t stripe = base::KeyedHash{}(user_id) % stripes;        // differs from run to
//     run base::Id128 digest = base::hash128(tenant_key, bytes);              // the same for the
//     same key, for ever
//
// The order in which such a table is walked differs from run to run, so nothing that must replay
// may depend on it. Thread-safe: pure functions.
#pragma once

#include "base/id128.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

namespace attune::base {

struct HashKey {
    std::uint64_t low = 0;
    std::uint64_t high = 0;

    [[nodiscard]] static HashKey of(const Id128& id);
};

// SipHash-1-3: enough for tables, and half the cost of the 2-4 that stands in stored forms.
[[nodiscard]] std::uint64_t keyed_hash(const HashKey& key, std::string_view bytes) noexcept;

// SipHash-2-4 with 128 bits of output (OpenSSL's EVP SIPHASH gives the same).
[[nodiscard]] Id128 hash128(const HashKey& key, std::string_view bytes) noexcept;

// The secret of this process: drawn once from the operating system, constant afterwards.
[[nodiscard]] const HashKey& process_hash_key() noexcept;

// Transparent; uses the process's secret.
struct KeyedHash {
    using is_transparent = void;

    // Deliberately not noexcept: then the standard library keeps each hash beside its key, instead
    // of computing those of all neighbours in a bucket with every look-up.
    std::size_t operator()(std::string_view bytes) const {
        return keyed_hash(process_hash_key(), bytes);
    }
};

template <class Key, class Value>
using KeyedMap = std::unordered_map<Key, Value, KeyedHash, std::equal_to<>>;

template <class Key>
using KeyedSet = std::unordered_set<Key, KeyedHash, std::equal_to<>>;

}  // namespace attune::base
