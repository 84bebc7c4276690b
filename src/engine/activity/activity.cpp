#include "engine/activity/activity.h"

#include "engine/activity/activity_reading.h"
#include "engine/follow/weighted_follower.h"

#include <atomic>
#include <memory>

namespace attune::engine {
namespace {

// Some forty milliseconds.
constexpr int kFirstBatches = 4;

}  // namespace

class Activity::Impl {
public:
    Impl(store::Store& store, const TenantView& tenants, AllItemNumbers& numbers,
         const ActivityOptions& options, const CheckpointPlace& checkpoints)
        : follower(store, tenants,
                   [&store, &numbers, options, checkpoints, this](TenantId tenant,
                                                                  const WeightTable& weights) {
                       return std::make_unique<ActivityReading>(store, tenant, numbers.of(tenant),
                                                                weights, options, checkpoints,
                                                                erasures);
                   }) {}
    // What cannot be written is read again from the log.
    ~Impl() {
        for (const TenantId tenant : follower.watched())
            (void)follower.with_readings(tenant,
                                         [](ActivityReading& reading) { return reading.save(); });
    }

    std::atomic<int> erasures = 0;
    WeightedFollower<ActivityReading, ActivityOfTenant> follower;
};

Activity::Activity(store::Store& store, const TenantView& tenants, AllItemNumbers& numbers,
                   ActivityOptions options, CheckpointPlace checkpoints)
    : impl_(std::make_unique<Impl>(store, tenants, numbers, options, checkpoints)) {}
Activity::~Activity() = default;

void Activity::watch(TenantId tenant) { impl_->follower.watch(tenant); }
std::shared_ptr<const ActivityOfTenant> Activity::of(TenantId tenant) {
    if (!impl_->follower.is_watched(tenant)) {
        // What cannot be read is tried again at the next commit.
        (void)impl_->follower.look(tenant, kFirstBatches, [](const ActivityReading&, bool) {});
    }
    return impl_->follower.view(tenant);
}
Result<Activity::Erasure> Activity::begin_erasure(TenantId tenant) {
    ++impl_->erasures;
    Erasure erasure(nullptr, [this](std::nullptr_t) { --impl_->erasures; });
    ATTUNE_TRY_VOID(impl_->follower.with_readings(
        tenant, [](ActivityReading& reading) { return reading.begin_erasure(); }));
    return erasure;
}
void Activity::forget(TenantId tenant, const store::PersonId& person) {
    impl_->follower.forget(tenant, person);
}
std::size_t Activity::warming_up() const {
    return impl_->follower.count_views(
        [](const ActivityOfTenant& activity) { return !activity.is_current(); });
}
Result<void> Activity::catch_up(TenantId tenant) { return impl_->follower.catch_up(tenant); }

}  // namespace attune::engine
