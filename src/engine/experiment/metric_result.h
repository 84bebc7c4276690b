// What one metric of an experiment came to: each arm's sums, and each variant against the control. Internal to experiment.
#pragma once

#include "engine/experiment/results.h"

#include <cstddef>
#include <optional>

namespace attune::engine {

// Of all units, or of those that were in a segment: its place among those of the tally.
[[nodiscard]] MetricResult metric_result(const domain::Experiment& experiment, const Tally& tally,
                                         std::size_t index, std::optional<std::size_t> segment);

}  // namespace attune::engine
