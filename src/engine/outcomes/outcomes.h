// Outcomes: what becomes of recommendations, read from the log and kept up with it: the weights of sources that it teaches
// (learned_weights.h), what slots that are left to chance taught of each item (tried_items.h), and how well each placement does
// (placement_counts.h).
//
//     Outcomes outcomes(store, tenants, numbers);
//     outcomes.watch(tenant);                                     // from now on it reads along
//     outcomes.weights(tenant)->find("home", sources, written);   // a snapshot
//     ATTUNE_TRY_VOID(outcomes.look(tenant, "home", [&](const PlacementCounts& counts, bool is_current) { … }));
//
// A thread of its own is woken by every commit. All of it is memory, with a checkpoint that spares a start most of the reading; the log
// read again gives the same numbers. When the tenant's event weights change, it is, and the old reading answers until that is done.
// What is kept of single people are what they gave items, and the lists that they were shown within a day (open_lists.h); counts and
// weights name nobody, and keep what somebody who was erased added to them until the log is read again, which then lacks it: within a
// day or at the next start, for no checkpoint is written of such a reading.
//
// Thread-safe.
#pragma once

#include "engine/follow/checkpoints.h"
#include "engine/outcomes/learned_weights.h"
#include "engine/outcomes/placement_counts.h"
#include "engine/outcomes/tried_items.h"
#include "engine/tenancy/tenant_view.h"

#include <functional>
#include <memory>
#include <string_view>

namespace attune::engine {

class Outcomes {
public:
    // The arguments outlive it. Without checkpoints every start reads all of the log.
    Outcomes(store::Store& store, const TenantView& tenants, AllItemNumbers& numbers,
             Checkpoints* checkpoints = nullptr);
    // Writes checkpoints of what a start would read for long.
    ~Outcomes();
    Outcomes(const Outcomes&) = delete;
    Outcomes& operator=(const Outcomes&) = delete;

    void watch(TenantId tenant);
    // Watches the tenant too. Never null: empty until something was read.
    [[nodiscard]] std::shared_ptr<const WeightsInForce> weights(TenantId tenant);

    // The same of what slots taught that are left to chance.
    [[nodiscard]] std::shared_ptr<const TriedInForce> tried(TenantId tenant);

    // And of what people gave items, from 0 to 5.
    [[nodiscard]] std::shared_ptr<const ItemTallies> ratings(TenantId tenant);

    // Null where nothing of the placement was shown. Reading waits meanwhile: be short.
    using Look = std::function<void(const PlacementCounts* counts, bool is_current)>;
    [[nodiscard]] Result<void> look(TenantId tenant, std::string_view placement, const Look& look);

    // How many lists somebody chose from, of everything committed so far: reads until it is known.
    [[nodiscard]] Result<std::uint64_t> answered_lists(TenantId tenant);

    // As Activity::begin_erasure.
    [[nodiscard]] Result<void> begin_erasure(TenantId tenant);
    // Somebody was erased: what they were shown is not kept.
    void forget(TenantId tenant, const store::PersonId& person);

    // Reads until everything committed so far is known.
    [[nodiscard]] Result<void> catch_up(TenantId tenant);

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace attune::engine
