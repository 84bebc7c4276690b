#include "engine/outcomes/outcomes.h"

#include "engine/follow/weighted_follower.h"
#include "engine/outcomes/outcome_reading.h"

#include <memory>

namespace attune::engine {
namespace {

// Some forty milliseconds.
constexpr int kLookBatches = 4;

}  // namespace

class Outcomes::Impl {
public:
    Impl(store::Store& store, const TenantView& tenants, AllItemNumbers& numbers,
         Checkpoints* checkpoints)
        : follower(store, tenants,
                   [&store, &numbers, checkpoints](TenantId tenant, const WeightTable& weights) {
                       return std::make_unique<OutcomeReading>(store, tenant, numbers.of(tenant),
                                                               weights, checkpoints);
                   }) {}
    ~Impl() { follower.save_all(); }

    WeightedFollower<OutcomeReading, OutcomesInForce> follower;
};

Outcomes::Outcomes(store::Store& store, const TenantView& tenants, AllItemNumbers& numbers,
                   Checkpoints* checkpoints)
    : impl_(std::make_unique<Impl>(store, tenants, numbers, checkpoints)) {}
Outcomes::~Outcomes() = default;

void Outcomes::watch(TenantId tenant) { impl_->follower.watch(tenant); }
std::shared_ptr<const WeightsInForce> Outcomes::weights(TenantId tenant) {
    return impl_->follower.view(tenant)->weights;
}
std::shared_ptr<const TriedInForce> Outcomes::tried(TenantId tenant) {
    return impl_->follower.view(tenant)->tried;
}
Result<void> Outcomes::look(TenantId tenant, std::string_view placement, const Look& look) {
    return impl_->follower.look(tenant, kLookBatches,
                                [&](const OutcomeReading& reading, bool is_current) {
                                    look(reading.counts(placement), is_current);
                                });
}
Result<std::uint64_t> Outcomes::answered_lists(TenantId tenant) {
    ATTUNE_TRY_VOID(catch_up(tenant));
    std::uint64_t lists = 0;
    ATTUNE_TRY_VOID(impl_->follower.look(
        tenant, kLookBatches,
        [&](const OutcomeReading& reading, bool) { lists = reading.answered_lists(); }));
    return lists;
}
std::shared_ptr<const ItemTallies> Outcomes::ratings(TenantId tenant) {
    return impl_->follower.view(tenant)->ratings;
}
Result<void> Outcomes::begin_erasure(TenantId tenant) {
    return impl_->follower.begin_erasure(tenant);
}
void Outcomes::forget(TenantId tenant, const store::PersonId& person) {
    impl_->follower.forget(tenant, person);
}
Result<void> Outcomes::catch_up(TenantId tenant) { return impl_->follower.catch_up(tenant); }

}  // namespace attune::engine
