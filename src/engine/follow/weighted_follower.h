// WeightedFollower: a LogFollower for what depends on the tenant's event weights. What an event weighs is settled when it is
// read, so when the weights change, the log is read again from its beginning, while what was read before goes on answering.
//
//     WeightedFollower<Purchases, Totals> follower(store, tenants, [&](TenantId tenant, const WeightTable& weights) {
//         return std::make_unique<Purchases>(store, tenant, weights);
//     });
//     const std::shared_ptr<const Totals> totals = follower.view(tenant);
//
// A Reading has step(weights), is_of(weights), view(), and forget(person). Thread-safe.
#pragma once

#include "base/mutex.h"
#include "base/snapshot.h"
#include "engine/follow/log_follower.h"
#include "engine/tenancy/tenant_view.h"

#include <algorithm>
#include <map>
#include <memory>
#include <utility>
#include <vector>

namespace attune::engine {

template <class Reading, class View>
class WeightedFollower {
public:
    using Make = std::function<std::unique_ptr<Reading>(TenantId, const WeightTable&)>;

    // The store and the tenants outlive it. `make` is called from any thread.
    WeightedFollower(store::Store& store, const TenantView& tenants, Make make)
        : tenants_(tenants),
          make_(std::move(make)),
          follower_(store, [this](TenantId tenant) { return start(tenant); }) {}

    void watch(TenantId tenant) { follower_.watch(tenant); }
    [[nodiscard]] bool is_watched(TenantId tenant) const {
        const base::MutexLock lock(mutex_);
        return views_.contains(tenant);
    }
    // What answers for the tenant, whatever is being read meanwhile. Watches it too.
    [[nodiscard]] std::shared_ptr<const View> view(TenantId tenant) {
        if (!is_watched(tenant)) watch(tenant);
        const base::MutexLock lock(mutex_);
        return views_.at(tenant)->get();
    }
    [[nodiscard]] std::size_t count_views(const auto& which) const {
        const base::MutexLock lock(mutex_);
        return static_cast<std::size_t>(std::ranges::count_if(
            views_, [&](const auto& one) { return which(*one.second->get()); }));
    }

    // Reads at most so many batches, then calls look(const Reading&, is_current) while nobody else uses the reading.
    [[nodiscard]] Result<void> look(TenantId tenant, int batches, const auto& look) {
        return follower_.look(tenant, [&](Versions& versions) -> Result<bool> {
            ATTUNE_TRY(const bool is_current, versions.read_on(batches));
            look(std::as_const(*versions.current), is_current);
            return is_current;
        });
    }
    // Calls use(Reading&) -> Result<void> with each reading of the tenant while nobody else uses it; waits for the batch that
    // is being read. Fails with what `use` fails with.
    [[nodiscard]] Result<void> with_readings(TenantId tenant, const auto& use) {
        return follower_.look(tenant, [&](Versions& versions) -> Result<bool> {
            ATTUNE_TRY_VOID(use(*versions.current));
            if (versions.next) ATTUNE_TRY_VOID(use(*versions.next));
            // What was taken back is told no more, though nothing may be read for long.
            versions.view->set(versions.current->view());
            return true;
        });
    }
    // Nobody is read in between who was erased.
    void forget(TenantId tenant, const store::PersonId& person) {
        if (!is_watched(tenant)) return;
        (void)with_readings(tenant, [&](Reading& reading) -> Result<void> {
            reading.forget(person);
            return {};
        });
    }
    // For readings that have a keeper(): somebody is about to be erased; and this is the end. See reading_keeper.h.
    [[nodiscard]] Result<void> begin_erasure(TenantId tenant) {
        return with_readings(tenant,
                             [](Reading& reading) { return reading.keeper().begin_erasure(); });
    }
    void save_all() {
        for (const TenantId tenant : watched())
            (void)with_readings(tenant, [](Reading& reading) -> Result<void> {
                reading.keeper().save();
                return {};
            });
    }
    [[nodiscard]] Result<void> catch_up(TenantId tenant) { return follower_.catch_up(tenant); }

private:
    [[nodiscard]] std::vector<TenantId> watched() const {
        const base::MutexLock lock(mutex_);
        std::vector<TenantId> tenants;
        for (const auto& [tenant, view] : views_) tenants.push_back(tenant);
        return tenants;
    }

    struct Versions final : LogReading {
        Versions(const WeightedFollower& of, TenantId tenant)
            : of(of),
              tenant(tenant),
              current(of.make_(tenant, *of.tenants_.weights(tenant))),
              view(std::make_shared<base::Snapshot<View>>(current->view())) {}

        [[nodiscard]] Result<bool> step() override {
            const auto weights = of.tenants_.weights(tenant);
            if (current->is_of(*weights)) {
                next.reset();
                ATTUNE_TRY(const bool is_done, current->step(*weights));
                view->set(current->view());
                return is_done;
            }
            if (!next || !next->is_of(*weights)) next = of.make_(tenant, *weights);
            ATTUNE_TRY(const bool is_done, next->step(*weights));
            if (is_done) {
                current = std::move(next);
                view->set(current->view());
            }
            return is_done;
        }
        [[nodiscard]] bool is_idle() const override { return false; }

        const WeightedFollower& of;
        const TenantId tenant;
        std::unique_ptr<Reading> current;
        std::unique_ptr<Reading> next;  // of other weights, until it is as far
        const std::shared_ptr<base::Snapshot<View>> view;
    };

    std::unique_ptr<Versions> start(TenantId tenant) {
        auto versions = std::make_unique<Versions>(*this, tenant);
        const base::MutexLock lock(mutex_);
        views_[tenant] = versions->view;
        return versions;
    }

    const TenantView& tenants_;
    const Make make_;
    mutable base::Mutex mutex_;
    std::map<TenantId, std::shared_ptr<base::Snapshot<View>>> views_ ATTUNE_GUARDED_BY(mutex_);
    LogFollower<Versions> follower_;  // the last: its thread uses all of the above
};

}  // namespace attune::engine
