// FlagUses: when each flag was asked for last, so that one can be told that nobody needs any more.
//
//     const auto use = uses.of(tenant, "new-checkout");      // stands with the compiled flag
//     use->ask(now);                                         // on every answer: mostly one load
//     uses.save();                                           // now and then, and at the end
//
// A moment is kept to the minute, so that threads which answer for the same flag write to one place once a minute and
// only read it otherwise. What was not saved when a process died is lost: a flag may then seem unasked for longer than it
// was, by as long as two saves are apart. Thread-safe.
#pragma once

#include "base/keyed_hash.h"
#include "base/mutex.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/tenant.h"
#include "store/store.h"

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace attune::engine {

class FlagUse {
public:
    // By itself, or among all flags: whoever asks for all of them may need none.
    void ask(base::Time now) { mark(asked_minute_, now); }
    void list(base::Time now) { mark(listed_minute_, now); }

    [[nodiscard]] std::optional<base::Time> asked() const { return time_of(asked_minute_); }
    [[nodiscard]] std::optional<base::Time> listed() const { return time_of(listed_minute_); }

private:
    static constexpr std::int64_t kNever = INT64_MIN;
    static void mark(std::atomic<std::int64_t>& minute, base::Time now) {
        const auto at = std::chrono::floor<std::chrono::minutes>(now).time_since_epoch().count();
        if (minute.load(std::memory_order_relaxed) < at)
            minute.store(at, std::memory_order_relaxed);
    }
    static std::optional<base::Time> time_of(const std::atomic<std::int64_t>& minute) {
        const std::int64_t at = minute.load(std::memory_order_relaxed);
        if (at == kNever) return std::nullopt;
        return base::Time(std::chrono::minutes(at));
    }

    std::atomic<std::int64_t> asked_minute_{kNever};
    std::atomic<std::int64_t> listed_minute_{kNever};
};

class FlagUses {
public:
    // Both outlive it.
    FlagUses(store::Store& store, const base::Clock& clock) : store_(store), clock_(clock) {}

    // Never null; the same for as long as the process runs. Reads the store the first time for a tenant.
    [[nodiscard]] Result<std::shared_ptr<FlagUse>> of(domain::TenantId tenant,
                                                      std::string_view key);
    // Since when it is known what was asked for.
    [[nodiscard]] Result<base::Time> known_since(domain::TenantId tenant);

    // Writes what changed since the last time. What fails is tried again then.
    [[nodiscard]] Result<void> save();

private:
    struct OfTenant {
        base::Time since;
        std::uint64_t version = 0;  // of the document
        std::string saved;          // what it holds
        base::KeyedMap<std::string, std::shared_ptr<FlagUse>> flags;
    };
    Result<OfTenant*> loaded(domain::TenantId tenant) ATTUNE_REQUIRES(mutex_);

    store::Store& store_;
    const base::Clock& clock_;
    base::Mutex mutex_;
    std::map<domain::TenantId, OfTenant> tenants_ ATTUNE_GUARDED_BY(mutex_);
};

}  // namespace attune::engine
