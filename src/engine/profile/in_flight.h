// InFlight: the events that were accepted but are not durable yet. An event that comes again meanwhile is a duplicate,
// but may be acknowledged only when the first one is safe: it gets the first one's ticket.
//
//     if (auto first = in_flight.reserve(tenant, key, mine)) → a duplicate: wait for *first too
//     …
//     in_flight.release(tenant, keys);     // before `mine` completes
//
// Thread-safe, striped; locks are leaves.
#pragma once

#include "base/mutex.h"
#include "base/ticket.h"
#include "domain/tenant.h"
#include "store/store.h"

#include <array>
#include <boost/unordered/unordered_flat_map.hpp>
#include <optional>
#include <span>

namespace attune::engine {

class InFlight {
public:
    // Empty: the key is reserved under `ticket`. Otherwise whose it is.
    [[nodiscard]] std::optional<base::Ticket> reserve(domain::TenantId tenant, store::EventKey key,
                                                      const base::Ticket& ticket) {
        Stripe& stripe = stripe_of(key);
        base::MutexLock lock(stripe.mutex);
        auto [at, fresh] = stripe.tickets.try_emplace({tenant.value, key}, ticket);
        if (fresh) return std::nullopt;
        return at->second;
    }
    void release(domain::TenantId tenant, std::span<const store::EventKey> keys) {
        for (const store::EventKey& key : keys) {
            Stripe& stripe = stripe_of(key);
            base::MutexLock lock(stripe.mutex);
            stripe.tickets.erase({tenant.value, key});
        }
    }

private:
    struct Key {
        std::uint32_t tenant;
        store::EventKey event;
        bool operator==(const Key&) const = default;
    };
    struct KeyHash {
        std::size_t operator()(const Key& key) const noexcept { return key.event.low(); }
    };
    struct alignas(64) Stripe {
        base::Mutex mutex;
        boost::unordered_flat_map<Key, base::Ticket, KeyHash> tickets ATTUNE_GUARDED_BY(mutex);
    };

    Stripe& stripe_of(const store::EventKey& key) { return stripes_[key.bytes[0] % kStripes]; }

    static constexpr std::size_t kStripes = 64;
    std::array<Stripe, kStripes> stripes_;
};

}  // namespace attune::engine
