// Activity: what everybody did with items, read from the log and kept up with it. It is kept in memory; a checkpoint spares a
// start most of the reading, and may be lost, removed or doubted without harm.
//
//     Activity activity(store, tenants, numbers, {}, &checkpoints);
//     activity.watch(tenant);                                        // from now on it reads along
//     activity.of(tenant)->popular(10, mask);
//     const auto erasure = checkpoints.begin_erasure();
//     ATTUNE_TRY_VOID(activity.begin_erasure(tenant));               // no file says anything of anybody of them now
//     activity.forget(tenant, person);                               // they were erased
//
// A thread of its own is woken by every commit and reads what is new, a batch of each tenant in turn. Touches are events about an
// item (`item_id`, or `properties.products`) that weigh something (the tenant's WeightTable); impressions, and the choices of
// decisions of kind "recommendation", are showings. When the tenant's weights change, the log is read again, and the old
// reading answers until that is done.
//
// A checkpoint is written in between, by the same thread and a slice at a time, and when this is destroyed
// (follow/reading_keeper.h). Nothing else waits for it.
//
// Thread-safe. docs/decisions/0092-what-everybody-did-is-kept-in-memory.md says what it costs.
#pragma once

#include "engine/activity/tenant_activity.h"
#include "engine/follow/checkpoints.h"
#include "engine/tenancy/tenant_view.h"
#include "store/store.h"

#include <memory>

namespace attune::engine {

class Activity {
public:
    // The arguments outlive it. Without checkpoints every start reads all of the log.
    Activity(store::Store& store, const TenantView& tenants, AllItemNumbers& numbers,
             ActivityOptions options = {}, Checkpoints* checkpoints = nullptr);
    // Writes checkpoints of what a start would read for long.
    ~Activity();
    Activity(const Activity&) = delete;
    Activity& operator=(const Activity&) = delete;

    void watch(TenantId tenant);
    // Watches the tenant too. Never null. Of a tenant that nobody watched yet, the first of its log is read before this returns,
    // so that a new tenant's answers are whole; a long log is read meanwhile, until is_current().
    [[nodiscard]] std::shared_ptr<const ActivityOfTenant> of(TenantId tenant);

    // Somebody is about to be erased from the store, and a Checkpoints::Erasure is held until after forget(): no checkpoint says
    // anything of the tenant when this returns. Errors of remove_checkpoint(): then nobody may be erased.
    [[nodiscard]] Result<void> begin_erasure(TenantId tenant);

    // Somebody was erased from the store, under this id or merged into it: what they did is taken back before this returns.
    void forget(TenantId tenant, const store::PersonId& person);

    // Of those that are watched: how many have more in the log than was read since the start.
    [[nodiscard]] std::size_t warming_up() const;

    // Reads until everything committed so far is known.
    [[nodiscard]] Result<void> catch_up(TenantId tenant);

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace attune::engine
