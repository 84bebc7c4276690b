// A batch of one tenant's log, for those who read along with it.
//
//     ATTUNE_TRY(const LogBatch batch, read_batch(store, tenant, {upto}, [&](const store::LoggedEvent& logged) { … }));
//     upto = batch.upto;
#pragma once

#include "base/result.h"
#include "domain/tenant.h"
#include "store/store.h"

#include <cstddef>
#include <functional>

namespace attune::engine {

struct LogBatch {
    store::Position upto;    // where the next one begins
    std::size_t events = 0;  // that were taken
    bool is_end = true;      // nothing of the stretch is left that is committed
};

// At most this many are taken in one go, some ten milliseconds of work.
inline constexpr std::size_t kBatchEvents = 2'000;

// Calls `take` with the events of the stretch. Errors of Store::scan_all.
[[nodiscard]] Result<LogBatch> read_batch(
    store::Store& store, domain::TenantId tenant, store::Stretch stretch,
    const std::function<void(const store::LoggedEvent&)>& take);

}  // namespace attune::engine
