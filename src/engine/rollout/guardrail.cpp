#include "engine/rollout/guardrail.h"

#include "learn/stats/comparison.h"

#include <utility>

namespace attune::engine {
namespace {

using domain::MetricKind;
using learn::SampleSums;
using learn::Variable;

constexpr std::uint64_t kPeopleMin = 100;  // before anything is taken to be so
constexpr int kEventsTaken = 25;

learn::Metric kind_of(MetricKind kind) {
    return kind == MetricKind::conversion ? learn::Metric::proportion : learn::Metric::mean;
}

std::optional<double> mean_of(const SampleSums& sums) {
    if (sums.n() == 0) return std::nullopt;
    return sums.mean(Variable::value);
}

// With as many more people who each did it once as make it enough to watch, up to 25. Of sums nobody can tell what one
// event would have been.
SampleSums taken_to_have_some(SampleSums sums, MetricKind kind) {
    if (kind == MetricKind::sum || sums.n() < kPeopleMin) return sums;
    for (int i = 0; i < kEventsTaken && !learn::is_enough_to_watch(kind_of(kind), sums); ++i)
        sums.add({.value = 1});
    return sums;
}

}  // namespace

domain::ExperimentMetric metric_of(const domain::Guardrail& guardrail) {
    return {.name = guardrail.name,
            .role = domain::MetricRole::guardrail,
            .kind = guardrail.kind,
            .event = guardrail.event,
            .window_seconds = guardrail.window_seconds,
            .cap = guardrail.cap,
            .lower_is_better = guardrail.lower_is_better};
}

GuardrailReading read_guardrail(const domain::Guardrail& guardrail, const SampleSums& out,
                                const SampleSums& in, double alpha) {
    GuardrailReading reading{.name = guardrail.name,
                             .event = guardrail.event,
                             .kind = guardrail.kind,
                             .lower_is_better = guardrail.lower_is_better,
                             .in = mean_of(in),
                             .out = mean_of(out),
                             .effect = {},
                             .ci = {},
                             .verdict = "too_early"};
    // Events on the side that looks better bring the two closer together.
    const bool harm_is_more = guardrail.lower_is_better;
    const SampleSums control = harm_is_more ? taken_to_have_some(out, guardrail.kind) : out;
    const SampleSums treatment = harm_is_more ? in : taken_to_have_some(in, guardrail.kind);
    const learn::Metric metric = kind_of(guardrail.kind);
    if (!learn::is_enough_to_watch(metric, control) ||
        !learn::is_enough_to_watch(metric, treatment))
        return reading;
    // The plain difference: relative to nothing at all there is none.
    const auto compared = learn::compare(
        {.metric = metric, .method = learn::Method::sequential, .relative = false, .alpha = alpha},
        control, treatment, false);
    if (!compared || !compared->ci[0] || !compared->ci[1]) return reading;
    reading.effect = compared->effect;
    reading.ci = {*compared->ci[0], *compared->ci[1]};
    const bool is_more = reading.ci[0] > 0;
    const bool is_less = reading.ci[1] < 0;
    reading.verdict = !is_more && !is_less      ? "unclear"
                      : is_more == harm_is_more ? "worse"
                                                : "better";
    return reading;
}

}  // namespace attune::engine
