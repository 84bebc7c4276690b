// LogFollower: keeps readings of the log up with it, one for each tenant that is watched, on one thread of its own.
//
//     class Purchases final : public LogReading { … };       // counts a tenant's purchases
//     LogFollower<Purchases> purchases(store, [&](TenantId tenant) {
//         return std::make_unique<Purchases>(store, tenant);
//     });
//     purchases.watch(tenant);                                // from now on it reads along
//     ATTUNE_TRY_VOID(purchases.look(tenant, [&](Purchases& seen) -> Result<bool> {
//         ATTUNE_TRY(const bool is_current, seen.read_on(4));
//         count = seen.count();
//         return is_current;
//     }));
//
// Every commit wakes the thread. It then reads a batch of each tenant in turn until it has read everything, so that one whose
// log is long keeps nobody waiting. A reading that fails is tried again at the next commit. A tenant for whom there is nothing
// to read costs nothing until somebody watches or looks again.
//
// Thread-safe. A reading is used by one at a time. Readings are gone, and their thread with them, when the follower is
// destroyed; it waits for the batch that is being read.
#pragma once

#include "base/result.h"
#include "domain/tenant.h"
#include "store/store.h"

#include <chrono>
#include <concepts>
#include <functional>
#include <memory>
#include <utility>

namespace attune::engine {

using domain::TenantId;

// What is made of one tenant's log: memory that can be lost and read again. Knows how far it has read.
class LogReading {
public:
    LogReading() = default;
    virtual ~LogReading() = default;
    LogReading(const LogReading&) = delete;
    LogReading& operator=(const LogReading&) = delete;

    // Reads a batch more, some ten milliseconds of work. True when everything that was committed when it began is read.
    [[nodiscard]] virtual Result<bool> step() = 0;
    // Whether there is nothing to read the log for, now.
    [[nodiscard]] virtual bool is_idle() const = 0;

    // Whether what is known is to be read anew from the log, as of somebody who was erased: by another one, which is made for it and
    // takes this one's place once it has read everything. Until then this one is asked.
    [[nodiscard]] virtual bool is_to_be_renewed() const { return false; }

    // At most so many batches. True as in step().
    [[nodiscard]] Result<bool> read_on(int batches);
};

// The thread and its tenants, whatever is read. Use LogFollower.
class LogReadings {
public:
    using Make = std::function<std::unique_ptr<LogReading>(TenantId)>;
    using Look = std::function<Result<bool>(LogReading&)>;

    LogReadings(store::Store& store, Make make, std::chrono::milliseconds between_rounds);
    ~LogReadings();
    LogReadings(const LogReadings&) = delete;
    LogReadings& operator=(const LogReadings&) = delete;

    void watch(TenantId tenant);
    [[nodiscard]] Result<void> look(TenantId tenant, const Look& look);
    [[nodiscard]] Result<void> catch_up(TenantId tenant);
    [[nodiscard]] Result<void> with(TenantId tenant,
                                    const std::function<Result<void>(LogReading&)>& use);
    void each(const std::function<void(LogReading&)>& use);

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

template <std::derived_from<LogReading> Reading>
class LogFollower {
public:
    // The store outlives it. `make` is called from any thread. With time between rounds, a busy log costs a round and not a
    // commit's worth of them.
    LogFollower(store::Store& store, std::function<std::unique_ptr<Reading>(TenantId)> make,
                std::chrono::milliseconds between_rounds = {})
        : readings_(store, std::move(make), between_rounds) {}

    void watch(TenantId tenant) { readings_.watch(tenant); }

    // Calls `look(Reading&) -> Result<bool>` once while nobody else uses the reading; it must not call back. It answers
    // whether the reading is current; when it is not, the thread goes on with it. Fails with what `look` fails with.
    [[nodiscard]] Result<void> look(TenantId tenant, const auto& look) {
        return readings_.look(tenant, [&](LogReading& reading) -> Result<bool> {
            return look(static_cast<Reading&>(reading));
        });
    }

    // Reads until everything committed so far is read. Errors of step().
    [[nodiscard]] Result<void> catch_up(TenantId tenant) { return readings_.catch_up(tenant); }
    // Calls use(Reading&) -> Result<void> with the tenant's, and with the one that is to take its place where there is one, while
    // nobody else uses them; it must not call back. Fails with what `use` fails with.
    [[nodiscard]] Result<void> with(TenantId tenant, const auto& use) {
        return readings_.with(
            tenant, [&](LogReading& reading) { return use(static_cast<Reading&>(reading)); });
    }
    // Calls use(Reading&) with each that is asked, while nobody else uses it; it must not call back.
    void each(const auto& use) {
        readings_.each([&](LogReading& reading) { use(static_cast<Reading&>(reading)); });
    }

private:
    LogReadings readings_;
};

}  // namespace attune::engine
