#include "engine/track/rate_limits.h"

#include <utility>

namespace attune::engine {

Result<void> RateLimits::admit(domain::TenantId tenant, const domain::TenantLimits& limits,
                               std::size_t events, base::SteadyTime now) {
    if (limits.events_per_second_max == 0) return {};
    const auto rate = static_cast<double>(limits.events_per_second_max);
    const auto burst =
        limits.events_burst_max == 0 ? rate : static_cast<double>(limits.events_burst_max);
    base::Duration wait{};
    {
        const base::MutexLock lock(mutex_);
        const auto [found, made] = tenants_.try_emplace(
            tenant.value, Limited{base::TokenBucket(rate, burst), rate, burst});
        Limited& limited = found->second;
        if (limited.rate != rate || limited.burst != burst) {
            limited.bucket.set_limits(rate, burst);
            limited.rate = rate;
            limited.burst = burst;
        }
        wait = limited.bucket.take(static_cast<double>(events), now);
    }
    if (wait == base::Duration{}) return {};
    const auto seconds =
        static_cast<std::uint32_t>(std::chrono::ceil<std::chrono::seconds>(wait).count());
    Error error{.code = Code::resource_exhausted,
                .message = "the tenant may send " + std::to_string(limits.events_per_second_max) +
                           " events a second; try again in " + std::to_string(seconds) + " s",
                .reason = "rate_limited"};
    error.retry_after_seconds = seconds;
    return std::unexpected(std::move(error));
}

void RateLimits::give_back(domain::TenantId tenant, std::size_t events) {
    const base::MutexLock lock(mutex_);
    const auto found = tenants_.find(tenant.value);
    if (found != tenants_.end()) found->second.bucket.give_back(static_cast<double>(events));
}

}  // namespace attune::engine
