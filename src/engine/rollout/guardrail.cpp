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

// With as many more people of this value as make it enough to watch, up to 25. Of sums nobody can tell what one event
// would have been. Experiments ask for less, that both variants together have enough: theirs are of like size, while of those
// who are in a stage of one per cent hardly anybody may have done it yet.
SampleSums taken_to_have_some(SampleSums sums, MetricKind kind, double value) {
    if (kind == MetricKind::sum || sums.n() < kPeopleMin) return sums;
    for (int i = 0; i < kEventsTaken && !learn::is_enough_to_watch(kind_of(kind), sums); ++i)
        sums.add({.value = value});
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
    // What is taken to be so on either side brings the two closer together.
    const bool harm_is_more = guardrail.lower_is_better;
    const SampleSums control = taken_to_have_some(out, guardrail.kind, harm_is_more ? 1 : 0);
    const SampleSums treatment = taken_to_have_some(in, guardrail.kind, harm_is_more ? 0 : 1);
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
