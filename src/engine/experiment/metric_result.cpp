#include "engine/experiment/metric_result.h"

#include "engine/experiment/novelty.h"
#include "engine/experiment/plan.h"
#include "learn/stats/quantile.h"

#include <algorithm>
#include <cmath>

namespace attune::engine {
namespace {

using domain::ExperimentMetric;
using domain::MetricKind;
using domain::MetricRole;
using learn::Variable;

constexpr double kNormal95 = 1.959963984540054;

// Where the quantile lies with 95 %.
QuantileSketch::Range range_of(const QuantileSketch& sketch, double level) {
    const double half =
        kNormal95 * std::sqrt(level * (1 - level) / static_cast<double>(sketch.n()));
    return sketch.range(level - half, level + half);
}

learn::Sample quantile_sample(const QuantileSketch& sketch, double level) {
    learn::Sample sample{.n = sketch.n()};
    if (sample.n == 0) return sample;
    const QuantileSketch::Range range = range_of(sketch, level);
    sample.quantile = sketch.quantile(level);
    sample.quantile_lower = range.lower;
    sample.quantile_upper = range.upper;
    return sample;
}

const QuantileSketch& sketch_of(const Tally& tally, std::size_t arm, std::size_t index,
                                std::optional<std::size_t> segment) {
    return segment ? tally.sketch(arm, index, *segment) : tally.sketch(arm, index);
}

const learn::SampleSums& sums_of(const Tally& tally, std::size_t arm, std::size_t index,
                                 std::optional<std::size_t> segment) {
    return segment ? tally.sums(arm, index, *segment) : tally.sums(arm, index);
}

learn::Sample sample_of(const Tally& tally, std::size_t arm, std::size_t index,
                        std::optional<std::size_t> segment) {
    const ExperimentMetric& metric = tally.definition().metrics[index];
    if (metric.kind == MetricKind::quantile)
        return quantile_sample(sketch_of(tally, arm, index, segment), *metric.quantile);
    const learn::SampleSums& sums = sums_of(tally, arm, index, segment);
    learn::Sample sample{.n = sums.n(), .sum = sums.sum(Variable::value)};
    if (metric_of(metric.kind) != learn::Metric::proportion || metric.covariate_seconds)
        sample.sum_squares = sums.product(Variable::value, Variable::value);
    if (metric.kind == MetricKind::ratio) {
        sample.denominator_sum = sums.sum(Variable::denominator);
        sample.denominator_sum_squares = sums.product(Variable::denominator, Variable::denominator);
        sample.cross_sum = sums.product(Variable::value, Variable::denominator);
    }
    if (metric.covariate_seconds) {
        sample.covariate_sum = sums.sum(Variable::covariate);
        sample.covariate_sum_squares = sums.product(Variable::covariate, Variable::covariate);
        sample.cross_sum = sums.product(Variable::value, Variable::covariate);
    }
    return sample;
}

std::optional<double> mean_of(const learn::Sample& sample) {
    if (sample.quantile) return sample.quantile;
    if (sample.denominator_sum)
        return *sample.denominator_sum == 0 ? std::nullopt
                                            : std::optional(*sample.sum / *sample.denominator_sum);
    if (sample.n == 0 || !sample.sum) return std::nullopt;
    return *sample.sum / static_cast<double>(sample.n);
}

learn::ComparisonRequest request_of(const domain::Experiment& experiment,
                                    const ExperimentMetric& metric, bool is_of_segment) {
    learn::ComparisonRequest request{.metric = metric_of(metric.kind)};
    // With a covariate a proportion is a mean of noughts and ones.
    if (metric.covariate_seconds) request.metric = learn::Metric::mean;
    request.quantile_level = metric.quantile;
    // What segments show is for a second look, whatever the metric: nothing is decided by it.
    const double treatments = metric.role == MetricRole::secondary || is_of_segment
                                  ? 1
                                  : static_cast<double>(experiment.variants.size() - 1);
    request.alpha = (experiment.plan ? experiment.plan->alpha : 0.05) / treatments;
    if (experiment.plan && experiment.plan->units_needed)
        request.tuning = static_cast<double>(*experiment.plan->units_needed);
    return request;
}

std::string direction_of(const learn::Comparison& comparison, bool lower_is_better) {
    const auto& [low, high] = comparison.ci;
    if (low && *low > 0) return lower_is_better ? "worse" : "better";
    if (high && *high < 0) return lower_is_better ? "better" : "worse";
    return "unclear";
}

struct Evidence {
    // Why intervals that may be looked at any time are not to be shown yet. Empty: they are.
    std::optional<std::string> too_little;
    // Enough in both together, and little in one of them.
    bool is_lopsided = false;
};

Evidence evidence_of(const ExperimentMetric& metric, const learn::ComparisonRequest& request,
                     const learn::SampleSums& control, const learn::SampleSums& treatment) {
    if (request.control.n < 2 || request.treatment.n < 2) return {"too few units yet"};
    const auto has_none = [](const learn::SampleSums& sums) {
        return sums.product(Variable::value, Variable::value) == 0;
    };
    if (has_none(control) && has_none(treatment))
        return {"no unit has done '" + metric.event + "' so far; is that the event's name?"};
    if (learn::is_enough_to_compare(request.metric, control, treatment))
        return {.too_little = {},
                .is_lopsided = !learn::is_enough_to_watch(request.metric, control) ||
                               !learn::is_enough_to_watch(request.metric, treatment)};
    return {request.metric == learn::Metric::proportion
                ? "too little is known yet: 25 units of each variant must have done it, and 25 "
                  "must have not, or 50 of two variants of 100 units each"
                : "too little is known yet: each variant needs 100 units, of whom some 25 make up "
                  "most of the metric, or some 50 of both, or 5,000 units"};
}

Evidence evidence_of_quantile(double level, const QuantileSketch& control,
                              const QuantileSketch& treatment) {
    const std::uint64_t needed = learn::people_for_quantile(level);
    const std::uint64_t fewest = std::min(control.n(), treatment.n());
    if (fewest < needed)
        return {"too little is known yet: for this quantile each variant needs " +
                std::to_string(needed) + " units that have a value, and one has " +
                std::to_string(fewest)};
    if (range_of(control, level).is_coarse || range_of(treatment, level).is_coarse)
        return {"too many units have the same value for quantiles to be compared: a mean can be"};
    return {};
}

// With one more unit of a variant whose units are all alike, of whom nothing could be said about chance. It is as the other
// variant's are, which brings the two closer together.
learn::Sample with_a_doubt(learn::Sample sample, const learn::Sample& other, learn::Metric metric) {
    if (!sample.sum || !other.sum || other.n == 0) return sample;
    const double sum = *sample.sum;
    const double squares = sample.sum_squares.value_or(sum);
    if (static_cast<double>(sample.n) * squares > sum * sum) return sample;
    const double mean = *other.sum / static_cast<double>(other.n);
    const double value = metric != learn::Metric::proportion ? mean : sum == 0 ? 1 : 0;
    sample.n += 1;
    *sample.sum += value;
    if (sample.sum_squares) *sample.sum_squares += value * value;
    return sample;
}

// Which of them has more. A lift over next to nothing is any number, so where one of them has few that make up the metric, or
// the control none at all, the plain difference tells.
std::string direction_between(learn::ComparisonRequest request, const learn::Comparison* relative,
                              bool is_lopsided, bool lower_is_better) {
    if (relative != nullptr && !is_lopsided) return direction_of(*relative, lower_is_better);
    request.relative = false;
    const learn::Sample control = request.control;
    request.control = with_a_doubt(control, request.treatment, request.metric);
    request.treatment = with_a_doubt(request.treatment, control, request.metric);
    const auto plain = learn::compare(request);
    return plain ? direction_of(*plain, lower_is_better) : "unclear";
}

ArmComparison compare_arms(learn::ComparisonRequest request, std::string name, bool lower_is_better,
                           const Evidence& evidence) {
    ArmComparison answer{
        .name = std::move(name), .direction = "unclear", .problem = evidence.too_little};
    request.method = learn::Method::sequential;
    auto sequential = learn::compare(request);
    if (!answer.problem) {
        answer.direction = direction_between(request, sequential ? &*sequential : nullptr,
                                             evidence.is_lopsided, lower_is_better);
        if (!sequential) answer.problem = sequential.error().message;
    }
    if (!sequential) return answer;
    if (!answer.problem) answer.sequential = *std::move(sequential);
    request.method = learn::Method::frequentist;
    if (auto other = learn::compare(request)) answer.frequentist = *std::move(other);
    request.method = learn::Method::bayesian;
    if (lower_is_better) request.alternative.direction = learn::Direction::less;
    if (auto other = learn::compare(request)) answer.bayesian = *std::move(other);
    return answer;
}

Evidence evidence_between(const Tally& tally, std::size_t index, std::size_t arm,
                          std::optional<std::size_t> segment,
                          const learn::ComparisonRequest& request) {
    const ExperimentMetric& metric = tally.definition().metrics[index];
    if (metric.kind == MetricKind::quantile)
        return evidence_of_quantile(*metric.quantile, sketch_of(tally, 0, index, segment),
                                    sketch_of(tally, arm, index, segment));
    return evidence_of(metric, request, sums_of(tally, 0, index, segment),
                       sums_of(tally, arm, index, segment));
}

std::uint64_t units_of(const Tally& tally, std::size_t arm, std::optional<std::size_t> segment) {
    return segment ? tally.units(arm, *segment) : tally.units(arm);
}

}  // namespace

MetricResult metric_result(const domain::Experiment& experiment, const Tally& tally,
                           std::size_t index, std::optional<std::size_t> segment) {
    const ExperimentMetric& metric = experiment.metrics[index];
    MetricResult result{.name = metric.name,
                        .role = metric.role,
                        .kind = metric.kind,
                        .is_adjusted = metric.covariate_seconds.has_value()};
    for (std::size_t arm = 0; arm < tally.arms(); ++arm) {
        learn::Sample sample = sample_of(tally, arm, index, segment);
        const auto mean = mean_of(sample);
        result.arms.push_back({std::string(tally.arm_name(arm)), std::move(sample), mean});
    }
    learn::ComparisonRequest request = request_of(experiment, metric, segment.has_value());
    request.control = result.arms.front().sums;
    for (std::size_t arm = 1; arm < tally.arms(); ++arm) {
        const bool is_holdout = arm == experiment.variants.size();
        if (is_holdout && experiment.holdout == 0 && units_of(tally, arm, segment) == 0) continue;
        request.treatment = result.arms[arm].sums;
        result.comparisons.push_back(
            compare_arms(request, std::string(tally.arm_name(arm)), metric.lower_is_better,
                         evidence_between(tally, index, arm, segment, request)));
        if (index == tally.aged_metric() && !is_holdout && !segment) {
            request.method = learn::Method::sequential;
            result.comparisons.back().novelty = check_novelty(tally, arm, request);
        }
    }
    return result;
}

}  // namespace attune::engine
