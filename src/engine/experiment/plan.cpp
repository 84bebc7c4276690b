#include "engine/experiment/plan.h"

#include "base/field_error.h"
#include "engine/experiment/check_experiment.h"
#include "learn/stats/power.h"

#include <algorithm>
#include <cmath>

namespace attune::engine {
namespace {

using domain::MetricKind;

// Of one variant against the control; both numbers of units.
Result<learn::PeopleNeeded> pair_needed(learn::PowerPlan plan) {
    // The sequential interval is made tightest where a test that is looked at once would end.
    plan.method = learn::Method::frequentist;
    ATTUNE_TRY(const auto at_once, learn::people_needed(plan));
    plan.method = learn::Method::sequential;
    plan.tuning = static_cast<double>(at_once.control + at_once.treatment);
    return learn::people_needed(plan);
}

learn::PowerPlan plan_of(const domain::Experiment& experiment,
                         const domain::ExperimentMetric& metric) {
    const auto treatments = static_cast<double>(experiment.variants.size() - 1);
    learn::PowerPlan plan{.metric = metric_of(metric.kind)};
    plan.alpha = experiment.plan->alpha / treatments;
    plan.power = experiment.plan->power;
    plan.baseline_mean = experiment.plan->baseline_mean;
    plan.baseline_deviation = experiment.plan->baseline_deviation;
    plan.minimum_effect =
        metric.lower_is_better ? -experiment.minimum_effect : experiment.minimum_effect;
    return plan;
}

// What the calculation is told lies in the plan, but for the effect, which is the experiment's own.
std::unexpected<Error> named_from_experiment(Error error) {
    for (FieldError& field : error.fields)
        if (field.pointer != "/minimum_effect") field.pointer.insert(0, "/plan");
    base::retell(error);
    return std::unexpected(std::move(error));
}

}  // namespace

learn::Metric metric_of(MetricKind kind) {
    switch (kind) {
        case MetricKind::conversion:
        case MetricKind::retention:
            return learn::Metric::proportion;
        case MetricKind::ratio:
            return learn::Metric::ratio;
        case MetricKind::quantile:
            return learn::Metric::quantile;
        case MetricKind::count:
        case MetricKind::sum:
            break;
    }
    return learn::Metric::mean;
}

const domain::ExperimentMetric* primary_metric(const domain::Experiment& experiment) {
    const auto found = std::ranges::find(experiment.metrics, domain::MetricRole::primary,
                                         &domain::ExperimentMetric::role);
    return found == experiment.metrics.end() ? nullptr : &*found;
}

Result<ExperimentNeed> units_needed(const domain::Experiment& experiment) {
    if (experiment.bandit)
        return fail_field("/bandit",
                          "moves people towards what earns more while it learns, so no number of "
                          "units is planned for it; leave it out to plan a comparison");
    const domain::ExperimentMetric* metric = primary_metric(experiment);
    if (metric == nullptr) return fail_field("/metrics", "one of them must be primary");
    if (experiment.minimum_effect <= 0)
        return fail_field("/minimum_effect", "the smallest effect that is worth finding");
    if (!experiment.plan) return fail_field("/plan", "what is known beforehand: baseline_mean");
    const double control_weight = experiment.variants.front().weight;
    double units = 0;
    for (std::size_t i = 1; i < experiment.variants.size(); ++i) {
        const double weight = experiment.variants[i].weight;
        if (weight == 0) continue;
        learn::PowerPlan plan = plan_of(experiment, *metric);
        plan.treatment_share = weight / (weight + control_weight);
        const auto pair = pair_needed(plan);
        if (!pair) return named_from_experiment(pair.error());
        units = std::max(units, static_cast<double>(pair->control + pair->treatment) /
                                    (weight + control_weight));
    }
    if (units == 0) return fail_field("/variants", "nobody is given anything but the control");
    ExperimentNeed need{
        .units = static_cast<std::uint64_t>(std::ceil(units / (1 - experiment.holdout)))};
    for (const auto& variant : experiment.variants)
        need.variants.push_back(
            {variant.name, static_cast<std::uint64_t>(std::ceil(units * variant.weight))});
    return need;
}

Result<void> check_draft(const domain::Experiment& experiment) {
    ATTUNE_TRY_VOID(check_experiment(experiment));
    if (experiment.bandit || !experiment.plan || primary_metric(experiment) == nullptr) return {};
    // Any effect tells whether the baseline can be one.
    constexpr double kSomeEffect = 0.01;
    domain::Experiment draft = experiment;
    const bool is_effect_open = draft.minimum_effect == 0;
    if (is_effect_open) draft.minimum_effect = kSomeEffect;
    const auto need = units_needed(draft);
    if (need || need.error().fields.empty()) return {};
    const std::string& pointer = need.error().fields.front().pointer;
    const bool is_open =
        (pointer == "/minimum_effect" && is_effect_open) || pointer == "/variants" ||
        (pointer == "/plan/baseline_deviation" && !experiment.plan->baseline_deviation);
    if (is_open) return {};
    return std::unexpected(need.error());
}

}  // namespace attune::engine
