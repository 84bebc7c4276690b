#include "engine/activity/activity.h"

#include "base/mutex.h"
#include "engine/activity/activity_reading.h"
#include "engine/follow/log_follower.h"

#include <algorithm>
#include <map>
#include <utility>

namespace attune::engine {
namespace {

// Some forty milliseconds.
constexpr int kFirstBatches = 4;

// Who answers for a tenant, whatever is being read meanwhile.
struct Answering {
    base::Mutex mutex;
    std::shared_ptr<const ActivityOfTenant> activity ATTUNE_GUARDED_BY(mutex);

    void set(std::shared_ptr<const ActivityOfTenant> next) {
        const base::MutexLock lock(mutex);
        activity = std::move(next);
    }
    std::shared_ptr<const ActivityOfTenant> get() {
        const base::MutexLock lock(mutex);
        return activity;
    }
};

class TenantReading final : public LogReading {
public:
    using Make = std::function<std::unique_ptr<ActivityReading>(const WeightTable&)>;

    TenantReading(const TenantView& tenants, TenantId tenant, Make make,
                  std::shared_ptr<Answering> answering)
        : tenants_(tenants),
          tenant_(tenant),
          make_(std::move(make)),
          answering_(std::move(answering)),
          current_(make_(*tenants.weights(tenant))) {
        answering_->set(current_->activity());
    }

    [[nodiscard]] Result<bool> step() override {
        const auto weights = tenants_.weights(tenant_);
        if (current_->is_of(*weights)) {
            next_.reset();
            return current_->step(*weights);
        }
        if (!next_ || !next_->is_of(*weights)) next_ = make_(*weights);
        ATTUNE_TRY(const bool is_done, next_->step(*weights));
        if (is_done) {
            current_ = std::move(next_);
            answering_->set(current_->activity());
        }
        return is_done;
    }
    [[nodiscard]] bool is_idle() const override { return false; }

    void forget(const store::PersonId& person) {
        current_->forget(person);
        if (next_) next_->forget(person);
    }

private:
    const TenantView& tenants_;
    const TenantId tenant_;
    const Make make_;
    const std::shared_ptr<Answering> answering_;
    std::unique_ptr<ActivityReading> current_;
    std::unique_ptr<ActivityReading> next_;  // of other weights, until it is as far
};

}  // namespace

class Activity::Impl {
public:
    Impl(store::Store& store, const TenantView& tenants, AllItemNumbers& numbers,
         const ActivityOptions& options)
        : numbers_(numbers),
          options_(options),
          follower(store, [this, &store, &tenants](TenantId tenant) {
              auto make = [this, &store, tenant](const WeightTable& weights) {
                  return std::make_unique<ActivityReading>(store, tenant, numbers_.of(tenant),
                                                           weights, options_);
              };
              return std::make_unique<TenantReading>(tenants, tenant, std::move(make),
                                                     answering(tenant));
          }) {}

    std::shared_ptr<Answering> answering(TenantId tenant) {
        const base::MutexLock lock(mutex_);
        auto& one = answering_[tenant];
        if (!one) {
            one = std::make_shared<Answering>();
            one->set(std::make_shared<const ActivityOfTenant>(numbers_.of(tenant), options_));
        }
        return one;
    }
    std::size_t warming_up() {
        const base::MutexLock lock(mutex_);
        return static_cast<std::size_t>(std::ranges::count_if(
            answering_, [](const auto& one) { return !one.second->get()->is_current(); }));
    }
    // Whether nobody asked for the tenant before.
    bool is_new(TenantId tenant) {
        const base::MutexLock lock(mutex_);
        return !answering_.contains(tenant);
    }

private:
    AllItemNumbers& numbers_;
    const ActivityOptions options_;
    base::Mutex mutex_;
    std::map<TenantId, std::shared_ptr<Answering>> answering_ ATTUNE_GUARDED_BY(mutex_);

public:
    LogFollower<TenantReading> follower;  // the last: its thread asks for all of the above
};

Activity::Activity(store::Store& store, const TenantView& tenants, AllItemNumbers& numbers,
                   ActivityOptions options)
    : impl_(std::make_unique<Impl>(store, tenants, numbers, options)) {}
Activity::~Activity() = default;

void Activity::watch(TenantId tenant) { impl_->follower.watch(tenant); }
std::shared_ptr<const ActivityOfTenant> Activity::of(TenantId tenant) {
    if (impl_->is_new(tenant)) {
        // What cannot be read is tried again at the next commit.
        (void)impl_->follower.look(
            tenant, [](TenantReading& reading) { return reading.read_on(kFirstBatches); });
    }
    return impl_->answering(tenant)->get();
}
// Waits for the batch that is being read: nobody is read in between who was erased.
void Activity::forget(TenantId tenant, const store::PersonId& person) {
    if (impl_->is_new(tenant)) return;
    (void)impl_->follower.look(tenant, [&](TenantReading& reading) -> Result<bool> {
        reading.forget(person);
        return true;
    });
}
std::size_t Activity::warming_up() const { return impl_->warming_up(); }
Result<void> Activity::catch_up(TenantId tenant) { return impl_->follower.catch_up(tenant); }

}  // namespace attune::engine
