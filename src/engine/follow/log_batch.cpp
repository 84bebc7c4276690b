#include "engine/follow/log_batch.h"

namespace attune::engine {

Result<LogBatch> read_batch(store::Store& store, domain::TenantId tenant, store::Position after,
                            const std::function<void(const store::LoggedEvent&)>& take,
                            store::Position end) {
    LogBatch batch;
    bool is_full = false;
    const auto look_at = [&](const store::LoggedEvent& logged) {
        is_full = batch.events == kBatchEvents;
        if (is_full || logged.position > end) {
            batch.is_end = false;
            return false;
        }
        ++batch.events;
        take(logged);
        return true;
    };
    ATTUNE_TRY(batch.upto, store.scan_all(tenant, after, look_at));
    // Events between may have been erased.
    if (!is_full && end != store::kLogEnd) batch.upto = end;
    return batch;
}

}  // namespace attune::engine
