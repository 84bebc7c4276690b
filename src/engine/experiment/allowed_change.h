// What of an experiment may change in which state. Internal to experiment.
#pragma once

#include "base/result.h"
#include "domain/experiment.h"

namespace attune::engine {

// What the server writes must come back as it is. Once started, so must all that those who take part were promised.
// invalid_argument or failed_precondition, naming the place.
[[nodiscard]] Result<void> check_change(const domain::Experiment& before,
                                        const domain::Experiment& after);

}  // namespace attune::engine
