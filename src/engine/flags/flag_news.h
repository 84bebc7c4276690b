// FlagNews: who wants to know that a tenant's flags changed. What they are now is asked elsewhere; here is only said that
// it is time to ask.
//
//     ATTUNE_TRY(auto listener, news.listen(tenant));
//     listener->news().then(…);                 // done at the next change
//     if (auto change = listener->next()) …     // the latest one, however many there were
//
// Thread-safe; a listener belongs to one caller at a time. Telling costs one completion for each listener of the tenant.
#pragma once

#include "base/mutex.h"
#include "base/result.h"
#include "base/ticket.h"
#include "base/time.h"
#include "domain/tenant.h"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace attune::engine {

struct FlagChange {
    std::string version;  // of the set since then, as FlagSet::version() has it
    base::Time at;
};

class FlagListener;

class FlagNews {
public:
    // Of one tenant at one time.
    static constexpr std::size_t kListenersMax = 5'000;

    // Hears of what changes from now on. resource_exhausted "too_many_listeners".
    [[nodiscard]] Result<std::unique_ptr<FlagListener>> listen(domain::TenantId tenant);
    void tell(domain::TenantId tenant, FlagChange change);
    // The last change since this process began.
    [[nodiscard]] std::optional<FlagChange> last(domain::TenantId tenant);
    [[nodiscard]] std::size_t listeners() const { return listeners_->load(); }

private:
    friend class FlagListener;
    struct OfTenant {
        base::Mutex mutex;
        std::size_t listeners ATTUNE_GUARDED_BY(mutex) = 0;
        std::uint64_t changes ATTUNE_GUARDED_BY(mutex) = 0;
        std::optional<FlagChange> last ATTUNE_GUARDED_BY(mutex);
        base::TicketIssuer next ATTUNE_GUARDED_BY(mutex);
    };
    [[nodiscard]] std::shared_ptr<OfTenant> of(domain::TenantId tenant);

    base::Mutex mutex_;
    std::map<domain::TenantId, std::shared_ptr<OfTenant>> tenants_ ATTUNE_GUARDED_BY(mutex_);
    // Shared with listeners, which may outlive the news on the connections of a server that ends.
    std::shared_ptr<std::atomic<std::size_t>> listeners_ =
        std::make_shared<std::atomic<std::size_t>>(0);
};

class FlagListener {
public:
    ~FlagListener();
    FlagListener(const FlagListener&) = delete;
    FlagListener& operator=(const FlagListener&) = delete;

    // The latest change that was not asked for yet.
    [[nodiscard]] std::optional<FlagChange> next();
    // Done when next() has one.
    [[nodiscard]] base::Ticket news() const;

private:
    friend class FlagNews;
    FlagListener(std::shared_ptr<FlagNews::OfTenant> tenant,
                 std::shared_ptr<std::atomic<std::size_t>> all, std::uint64_t seen);

    const std::shared_ptr<FlagNews::OfTenant> tenant_;
    const std::shared_ptr<std::atomic<std::size_t>> all_;
    std::uint64_t seen_;
};

}  // namespace attune::engine
