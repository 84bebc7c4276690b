#include "engine/outcomes/outcomes.h"

#include "base/mutex.h"
#include "engine/follow/log_follower.h"
#include "engine/outcomes/outcome_reading.h"

#include <map>
#include <utility>

namespace attune::engine {
namespace {

// What answers for a tenant, whatever is being read meanwhile.
struct InForce {
    base::Mutex mutex;
    std::shared_ptr<const WeightsInForce> weights ATTUNE_GUARDED_BY(mutex) =
        std::make_shared<const WeightsInForce>();

    void set(std::shared_ptr<const WeightsInForce> next) {
        const base::MutexLock lock(mutex);
        weights = std::move(next);
    }
    std::shared_ptr<const WeightsInForce> get() {
        const base::MutexLock lock(mutex);
        return weights;
    }
};

class TenantOutcomes final : public LogReading {
public:
    using Make = std::function<std::unique_ptr<OutcomeReading>(const WeightTable&)>;

    TenantOutcomes(const TenantView& tenants, TenantId tenant, Make make,
                   std::shared_ptr<InForce> in_force)
        : tenants_(tenants),
          tenant_(tenant),
          make_(std::move(make)),
          in_force_(std::move(in_force)),
          current_(make_(*tenants.weights(tenant))) {}

    [[nodiscard]] Result<bool> step() override {
        const auto weights = tenants_.weights(tenant_);
        if (current_->is_of(*weights)) {
            next_.reset();
            ATTUNE_TRY(const bool is_done, current_->step(*weights));
            in_force_->set(current_->weights());
            return is_done;
        }
        if (!next_ || !next_->is_of(*weights)) next_ = make_(*weights);
        ATTUNE_TRY(const bool is_done, next_->step(*weights));
        if (is_done) {
            current_ = std::move(next_);
            in_force_->set(current_->weights());
        }
        return is_done;
    }
    [[nodiscard]] bool is_idle() const override { return false; }

    void forget(const store::PersonId& person) {
        current_->forget(person);
        if (next_) next_->forget(person);
    }
    [[nodiscard]] const OutcomeReading& current() const { return *current_; }

private:
    const TenantView& tenants_;
    const TenantId tenant_;
    const Make make_;
    const std::shared_ptr<InForce> in_force_;
    std::unique_ptr<OutcomeReading> current_;
    std::unique_ptr<OutcomeReading> next_;  // of other weights, until it is as far
};

}  // namespace

class Outcomes::Impl {
public:
    Impl(store::Store& store, const TenantView& tenants, AllItemNumbers& numbers)
        : follower(store, [this, &store, &tenants, &numbers](TenantId tenant) {
              auto make = [&store, &numbers, tenant](const WeightTable& weights) {
                  return std::make_unique<OutcomeReading>(store, tenant, numbers.of(tenant),
                                                          weights);
              };
              return std::make_unique<TenantOutcomes>(tenants, tenant, std::move(make),
                                                      in_force(tenant));
          }) {}

    std::shared_ptr<InForce> in_force(TenantId tenant) {
        const base::MutexLock lock(mutex_);
        auto& one = in_force_[tenant];
        if (!one) one = std::make_shared<InForce>();
        return one;
    }
    // Whether nobody asked for the tenant before.
    bool is_new(TenantId tenant) {
        const base::MutexLock lock(mutex_);
        return !in_force_.contains(tenant);
    }

private:
    base::Mutex mutex_;
    std::map<TenantId, std::shared_ptr<InForce>> in_force_ ATTUNE_GUARDED_BY(mutex_);

public:
    LogFollower<TenantOutcomes> follower;  // the last: its thread asks for all of the above
};

Outcomes::Outcomes(store::Store& store, const TenantView& tenants, AllItemNumbers& numbers)
    : impl_(std::make_unique<Impl>(store, tenants, numbers)) {}
Outcomes::~Outcomes() = default;

void Outcomes::watch(TenantId tenant) { impl_->follower.watch(tenant); }
std::shared_ptr<const WeightsInForce> Outcomes::weights(TenantId tenant) {
    if (impl_->is_new(tenant)) watch(tenant);
    return impl_->in_force(tenant)->get();
}
Result<void> Outcomes::look(TenantId tenant, std::string_view placement, const Look& look) {
    return impl_->follower.look(tenant, [&](TenantOutcomes& reading) -> Result<bool> {
        ATTUNE_TRY(const bool is_current, reading.read_on(4));
        look(reading.current().counts(placement), is_current);
        return is_current;
    });
}
// Waits for the batch that is being read: nobody is read in between who was erased.
void Outcomes::forget(TenantId tenant, const store::PersonId& person) {
    if (impl_->is_new(tenant)) return;
    (void)impl_->follower.look(tenant, [&](TenantOutcomes& reading) -> Result<bool> {
        reading.forget(person);
        return true;
    });
}
Result<void> Outcomes::catch_up(TenantId tenant) { return impl_->follower.catch_up(tenant); }

}  // namespace attune::engine
