// Where in the log a time begins, for those who ask about what happened since, and need not read the years before.
//
//     ATTUNE_TRY(const auto from, position_before(store, tenant, *experiment.started_at));
//     store.scan_all(tenant, {from}, visit);                  // all that was received since then, and little else
#pragma once

#include "base/result.h"
#include "base/time.h"
#include "domain/tenant.h"
#include "store/store.h"

namespace attune::engine {

// Everything that was received at `time` or later stands behind the answer; so does what was received in the minute
// before it, and one commit more. Looks at some forty events, however long the log is. It relies on the server's clock: if that was set back by more
// than a minute meanwhile, what was received before then may be missed.
[[nodiscard]] Result<store::Position> position_before(store::Store& store, domain::TenantId tenant,
                                                      base::Time time);

}  // namespace attune::engine
