// RateLimits: each tenant's events a second, held with a token bucket. Tenants without a limit cost nothing here.
//
//     ATTUNE_TRY_VOID(limits.admit(tenant, settings->limits, events.size(), clock.steady_now()));
//
// Thread-safe.
#pragma once

#include "base/mutex.h"
#include "base/result.h"
#include "base/token_bucket.h"
#include "domain/tenant.h"

#include <cstdint>
#include <unordered_map>

namespace attune::engine {

class RateLimits {
public:
    // All of them or, as resource_exhausted "rate_limited", none. The message says when to try again. A list longer than the
    // burst passes when the bucket is full, and is paid off afterwards.
    [[nodiscard]] Result<void> admit(domain::TenantId tenant, const domain::TenantLimits& limits,
                                     std::size_t events, base::SteadyTime now);
    // For events that were not taken after all.
    void give_back(domain::TenantId tenant, std::size_t events);

private:
    struct Limited {
        base::TokenBucket bucket;
        double rate;
        double burst;
    };

    base::Mutex mutex_;
    std::unordered_map<std::uint32_t, Limited> tenants_ ATTUNE_GUARDED_BY(mutex_);
};

}  // namespace attune::engine
