// What a guardrail says of a stage of a rollout: whether those who are in do worse than those who are out.
//
// The interval may be looked at after every event: it is sequential, and its risk is what a whole rollout may have of being
// halted for nothing, one in twenty, divided by its guardrails and stages. It is asymptotic, so that nothing is said before
// there is enough to watch (learn/stats). A failure that nobody who is out ever met is the very thing that guardrails are
// for, and there would never be enough of it on that side: a side with too few events is then taken to have had 25
// (and one where everybody did it, 25 who did not), which can only hide harm, never make it up.
//
// Pure functions.
#pragma once

#include "domain/flag.h"
#include "learn/stats/sample_sums.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace attune::engine {

// Of a hundred rollouts that make nothing worse, at most so many parts are halted.
inline constexpr double kFalseHalts = 0.05;

struct GuardrailReading {
    std::string name;
    std::string event;
    domain::MetricKind kind = domain::MetricKind::conversion;
    bool lower_is_better = false;
    std::optional<double>
        in;  // the mean of those who are in: the share who did it, or how much a person
    std::optional<double> out;
    std::optional<double> effect;  // in minus out
    std::vector<double> ci;        // its interval, from and to; empty: it is too early
    std::string verdict;           // "worse", "better", "unclear", "too_early"
};

[[nodiscard]] GuardrailReading read_guardrail(const domain::Guardrail& guardrail,
                                              const learn::SampleSums& out,
                                              const learn::SampleSums& in, double alpha);

// The guardrail as the reader of decisions counts it.
[[nodiscard]] domain::ExperimentMetric metric_of(const domain::Guardrail& guardrail);

}  // namespace attune::engine
