// How many units an experiment needs before it is likely to see the effect that it is for.
#pragma once

#include "base/result.h"
#include "domain/experiment.h"
#include "learn/stats/comparison.h"

#include <cstdint>
#include <string>
#include <vector>

namespace attune::engine {

struct VariantNeed {
    std::string variant;
    std::uint64_t units = 0;
};

struct ExperimentNeed {
    std::uint64_t units = 0;  // of all variants, and the holdout
    std::vector<VariantNeed> variants;
};

// For the sequential intervals that results are read from, so that anybody may look at any time. With several variants,
// each is compared with the control at its share of the error. Needs a primary metric, minimum_effect and plan:
// invalid_argument names the one that is missing or can never work.
[[nodiscard]] Result<ExperimentNeed> units_needed(const domain::Experiment& experiment);

// Whether a draft can become a question that a number of units answers, as far as it goes: what it leaves out may come yet, what its plan
// says must be possible. invalid_argument names the member.
[[nodiscard]] Result<void> check_draft(const domain::Experiment& experiment);

// Null when there is none.
[[nodiscard]] const domain::ExperimentMetric* primary_metric(const domain::Experiment& experiment);
// What statistics call it.
[[nodiscard]] learn::Metric metric_of(domain::MetricKind kind);

}  // namespace attune::engine
