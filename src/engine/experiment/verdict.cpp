// From results to a recommendation. The order of the questions is the order of what can go wrong: counts that cannot be
// trusted, harm, success, and at last whether there is anything left to learn.
#include "engine/experiment/results.h"

#include <algorithm>
#include <cmath>

namespace attune::engine {
namespace {

using domain::MetricRole;

const MetricResult* primary_of(const ExperimentResults& results) {
    const auto found = std::ranges::find(results.metrics, MetricRole::primary, &MetricResult::role);
    return found == results.metrics.end() ? nullptr : &*found;
}

bool is_harmed(const ExperimentResults& results, std::string_view variant,
               const std::string** guardrail) {
    for (const MetricResult& metric : results.metrics) {
        if (metric.role != MetricRole::guardrail) continue;
        for (const ArmComparison& one : metric.comparisons) {
            if (one.name != variant || one.direction != "worse") continue;
            *guardrail = &metric.name;
            return true;
        }
    }
    return false;
}

// Whether the interval leaves no room for an effect that was worth looking for.
bool has_no_worthwhile_effect(const ArmComparison& one, double minimum_effect,
                              bool lower_is_better) {
    if (!one.sequential) return false;
    const auto& [low, high] = one.sequential->ci;
    return lower_is_better ? low && *low > -minimum_effect : high && *high < minimum_effect;
}

std::optional<double> risk_of(const ArmComparison& one) {
    if (!one.bayesian || !one.bayesian->risk) return std::nullopt;
    return (*one.bayesian->risk)[1];
}

// The better one of two that are better than the control; where the control has nothing at all, by what there is without it.
bool wins_over(const ArmComparison& a, const ArmComparison* best, bool lower_is_better) {
    if (best == nullptr || !best->sequential) return best == nullptr;
    if (!a.sequential) return true;
    return lower_is_better ? a.sequential->effect < best->sequential->effect
                           : a.sequential->effect > best->sequential->effect;
}

// What nobody should take for harmless: guardrails of which too little is known.
std::string words_of_guardrails(const ExperimentResults& results, std::string_view variant) {
    std::string unknown;
    for (const MetricResult& metric : results.metrics) {
        if (metric.role != MetricRole::guardrail) continue;
        for (const ArmComparison& one : metric.comparisons)
            if (one.name == variant && one.problem && one.direction == "unclear")
                unknown += (unknown.empty() ? "" : ", ") + metric.name;
    }
    return unknown.empty() ? "no guardrail is worse"
                           : "no guardrail is known to be worse; too little is known of " + unknown;
}

// What the verdict says as well when what somebody would ship will not last.
std::string words_of_fading(const ArmComparison& one) {
    const auto percent = [](double effect) {
        return std::to_string(std::lround(effect * 100)) + " %";
    };
    return "; the effect of " + one.name + " fades: " + percent(*one.novelty->early) +
           " among those who came first, " + percent(*one.novelty->late) +
           " among those who came later";
}

Verdict verdict_without_age(const domain::Experiment& experiment,
                            const ExperimentResults& results) {
    if (results.sample_ratio.is_suspicious)
        return {.decision = "check",
                .reason =
                    "the variants have not got the units that they should have: somebody is lost "
                    "or counted twice on one side"};
    const MetricResult* primary = primary_of(results);
    if (primary == nullptr) return {.decision = "continue", .reason = "no metric is the question"};
    const auto metric =
        std::ranges::find(experiment.metrics, primary->name, &domain::ExperimentMetric::name);
    const bool lower = metric != experiment.metrics.end() && metric->lower_is_better;

    std::size_t open = 0;
    std::size_t worse = 0;
    std::size_t harmed = 0;
    std::size_t treatments = 0;
    const std::string* guardrail = nullptr;
    const ArmComparison* best = nullptr;
    for (const ArmComparison& one : primary->comparisons) {
        if (one.name == kHoldout) continue;
        ++treatments;
        if (is_harmed(results, one.name, &guardrail))
            ++harmed;
        else if (one.direction == "worse")
            ++worse;
        else if (one.direction == "better" && wins_over(one, best, lower))
            best = &one;
        else if (!has_no_worthwhile_effect(one, experiment.minimum_effect, lower))
            ++open;
    }
    if (best != nullptr)
        return {"ship", best->name, risk_of(*best),
                primary->name + " is better, and " + words_of_guardrails(results, best->name)};
    if (treatments > 0 && harmed + worse == treatments)
        return {.decision = "stop",
                .reason = harmed > 0 ? "guardrail " + *guardrail + " is worse"
                                     : primary->name + " is worse"};
    if (open == 0)
        return {.decision = "no_effect",
                .reason = "no variant can have an effect as large as minimum_effect"};
    return {.decision = "continue",
            .reason = results.units_needed && results.units >= *results.units_needed
                          ? "as many units as planned are in, and still either can be true"
                          : "not enough is known yet"};
}

}  // namespace

Verdict verdict_of(const domain::Experiment& experiment, const ExperimentResults& results) {
    Verdict verdict = verdict_without_age(experiment, results);
    const MetricResult* primary = primary_of(results);
    if (primary == nullptr || verdict.decision == "check") return verdict;
    for (const ArmComparison& one : primary->comparisons)
        if (one.novelty && one.novelty->is_fading) verdict.reason += words_of_fading(one);
    return verdict;
}

}  // namespace attune::engine
