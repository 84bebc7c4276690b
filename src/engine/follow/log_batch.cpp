#include "engine/follow/log_batch.h"

namespace attune::engine {

Result<LogBatch> read_batch(store::Store& store, domain::TenantId tenant, store::Stretch stretch,
                            const std::function<void(const store::LoggedEvent&)>& take) {
    LogBatch batch;
    const auto look_at = [&](const store::LoggedEvent& logged) {
        batch.is_end = batch.events < kBatchEvents;
        if (!batch.is_end) return false;
        ++batch.events;
        take(logged);
        return true;
    };
    ATTUNE_TRY(batch.upto, store.scan_all(tenant, stretch, look_at));
    return batch;
}

}  // namespace attune::engine
