#include "engine/activity/activity.h"

#include "engine/activity/activity_reading.h"
#include "engine/follow/weighted_follower.h"

#include <memory>

namespace attune::engine {
namespace {

// Some forty milliseconds.
constexpr int kFirstBatches = 4;

}  // namespace

class Activity::Impl {
public:
    Impl(store::Store& store, const TenantView& tenants, AllItemNumbers& numbers,
         const ActivityOptions& options, Checkpoints* checkpoints)
        : follower(store, tenants,
                   [&store, &numbers, options, checkpoints](TenantId tenant,
                                                            const WeightTable& weights) {
                       return std::make_unique<ActivityReading>(store, tenant, numbers.of(tenant),
                                                                weights, options, checkpoints);
                   }) {}
    ~Impl() { follower.save_all(); }

    WeightedFollower<ActivityReading, ActivityOfTenant> follower;
};

Activity::Activity(store::Store& store, const TenantView& tenants, AllItemNumbers& numbers,
                   ActivityOptions options, Checkpoints* checkpoints)
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
Result<void> Activity::begin_erasure(TenantId tenant) {
    return impl_->follower.begin_erasure(tenant);
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
