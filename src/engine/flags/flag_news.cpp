#include "engine/flags/flag_news.h"

#include <utility>

namespace attune::engine {

std::shared_ptr<FlagNews::OfTenant> FlagNews::of(domain::TenantId tenant) {
    const base::MutexLock lock(mutex_);
    auto& found = tenants_[tenant];
    if (!found) found = std::make_shared<OfTenant>();
    return found;
}

Result<std::unique_ptr<FlagListener>> FlagNews::listen(domain::TenantId tenant) {
    auto found = of(tenant);
    std::uint64_t seen = 0;
    {
        const base::MutexLock lock(found->mutex);
        if (found->listeners >= kListenersMax)
            return fail(Code::resource_exhausted,
                        "At most " + std::to_string(kListenersMax) +
                            " listen to the flags of a tenant; ask for them now and then instead.",
                        "too_many_listeners");
        ++found->listeners;
        seen = found->changes;
    }
    return std::unique_ptr<FlagListener>(new FlagListener(std::move(found), listeners_, seen));
}

void FlagNews::tell(domain::TenantId tenant, FlagChange change) {
    const auto found = of(tenant);
    base::TicketIssuer due;
    {
        const base::MutexLock lock(found->mutex);
        ++found->changes;
        found->last = std::move(change);
        std::swap(due, found->next);
    }
    // Without the lock: who hears of it may ask at once.
    due.complete({});
}

std::optional<FlagChange> FlagNews::last(domain::TenantId tenant) {
    const auto found = of(tenant);
    const base::MutexLock lock(found->mutex);
    return found->last;
}

FlagListener::FlagListener(std::shared_ptr<FlagNews::OfTenant> tenant,
                           std::shared_ptr<std::atomic<std::size_t>> all, std::uint64_t seen)
    : tenant_(std::move(tenant)), all_(std::move(all)), seen_(seen) {
    ++*all_;
}

FlagListener::~FlagListener() {
    --*all_;
    const base::MutexLock lock(tenant_->mutex);
    --tenant_->listeners;
}

std::optional<FlagChange> FlagListener::next() {
    const base::MutexLock lock(tenant_->mutex);
    if (seen_ == tenant_->changes) return std::nullopt;
    seen_ = tenant_->changes;
    return tenant_->last;
}

base::Ticket FlagListener::news() const {
    const base::MutexLock lock(tenant_->mutex);
    return seen_ == tenant_->changes ? tenant_->next.ticket() : base::Ticket::done();
}

}  // namespace attune::engine
