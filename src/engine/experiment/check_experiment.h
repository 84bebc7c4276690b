// What a definition must be to mean something, beyond its types and bounds. Internal to experiment.
#pragma once

#include "base/result.h"
#include "domain/experiment.h"

#include <string>

namespace attune::engine {

// invalid_argument that names the place: "/variants/1/weight".
[[nodiscard]] Result<void> check_experiment(const domain::Experiment& experiment);

}  // namespace attune::engine
