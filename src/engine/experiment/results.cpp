#include "engine/experiment/results.h"

#include "engine/experiment/plan.h"
#include "learn/stats/multiple_testing.h"
#include "learn/stats/sample_ratio.h"

#include <algorithm>
#include <cmath>

namespace attune::engine {
namespace {

using domain::ExperimentMetric;
using domain::MetricKind;
using domain::MetricRole;
using learn::Variable;

constexpr double kSuspicious = 0.001;
constexpr double kNormal95 = 1.959963984540054;

std::vector<double> weights_today(const domain::Experiment& experiment) {
    std::vector<double> weights;
    for (const auto& variant : experiment.variants) weights.push_back(variant.weight);
    return weights;
}

// How many units each variant should have: those drawn by a version, by the weights of that version.
std::vector<double> expected_units(const domain::Experiment& definition, const Tally& tally,
                                   const WeightsByVersion& weights) {
    const std::vector<double> today = weights_today(definition);
    std::vector<double> expected(today.size());
    for (const auto& [version, drawn] : tally.drawn()) {
        const auto then = weights.find(version);
        const auto& shares =
            then != weights.end() && then->second.size() == today.size() ? then->second : today;
        double units = 0;
        for (std::size_t i = 0; i < today.size(); ++i) units += static_cast<double>(drawn[i]);
        for (std::size_t i = 0; i < today.size(); ++i) expected[i] += units * shares[i];
    }
    return expected;
}

SampleRatioCheck sample_ratio_of(const Tally& tally, const std::vector<double>& expected) {
    std::vector<std::uint64_t> counts;
    for (std::size_t i = 0; i < expected.size(); ++i) counts.push_back(tally.units(i));
    const auto check = learn::check_sample_ratio(counts, expected);
    // Units in a variant that nobody can be drawn for.
    if (!check)
        return {.p_value = tally.drawn().empty() ? 1.0 : 0.0,
                .is_suspicious = !tally.drawn().empty()};
    return {check->chi_square, check->p_value, check->p_value < kSuspicious};
}

learn::Sample quantile_sample(const QuantileSketch& sketch, double level) {
    learn::Sample sample{.n = sketch.n()};
    if (sample.n == 0) return sample;
    const double half = kNormal95 * std::sqrt(level * (1 - level) / static_cast<double>(sample.n));
    sample.quantile = sketch.quantile(level);
    sample.quantile_lower = sketch.quantile(level - half);
    sample.quantile_upper = sketch.quantile(level + half);
    return sample;
}

learn::Sample sample_of(const Tally& tally, std::size_t arm, std::size_t index) {
    const ExperimentMetric& metric = tally.definition().metrics[index];
    if (metric.kind == MetricKind::quantile)
        return quantile_sample(tally.sketch(arm, index), *metric.quantile);
    const learn::SampleSums& sums = tally.sums(arm, index);
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
                                    const ExperimentMetric& metric) {
    learn::ComparisonRequest request{.metric = metric_of(metric.kind)};
    // With a covariate a proportion is a mean of noughts and ones.
    if (metric.covariate_seconds) request.metric = learn::Metric::mean;
    request.quantile_level = metric.quantile;
    const double treatments = metric.role == MetricRole::secondary
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

ArmComparison compare_arms(learn::ComparisonRequest request, std::string name,
                           bool lower_is_better) {
    ArmComparison answer{.name = std::move(name), .direction = "unclear"};
    request.method = learn::Method::sequential;
    auto sequential = learn::compare(request);
    if (!sequential) {
        answer.problem = sequential.error().message;
        return answer;
    }
    answer.direction = direction_of(*sequential, lower_is_better);
    answer.sequential = *std::move(sequential);
    request.method = learn::Method::frequentist;
    if (auto other = learn::compare(request)) answer.frequentist = *std::move(other);
    request.method = learn::Method::bayesian;
    if (lower_is_better) request.alternative.direction = learn::Direction::less;
    if (auto other = learn::compare(request)) answer.bayesian = *std::move(other);
    return answer;
}

MetricResult metric_result(const domain::Experiment& experiment, const Tally& tally,
                           std::size_t index) {
    const ExperimentMetric& metric = experiment.metrics[index];
    MetricResult result{.name = metric.name,
                        .role = metric.role,
                        .kind = metric.kind,
                        .is_adjusted = metric.covariate_seconds.has_value()};
    for (std::size_t arm = 0; arm < tally.arms(); ++arm) {
        learn::Sample sample = sample_of(tally, arm, index);
        const auto mean = mean_of(sample);
        result.arms.push_back({std::string(tally.arm_name(arm)), std::move(sample), mean});
    }
    learn::ComparisonRequest request = request_of(experiment, metric);
    request.control = result.arms.front().sums;
    for (std::size_t arm = 1; arm < tally.arms(); ++arm) {
        const bool is_holdout = arm == experiment.variants.size();
        if (is_holdout && experiment.holdout == 0 && tally.units(arm) == 0) continue;
        request.treatment = result.arms[arm].sums;
        result.comparisons.push_back(
            compare_arms(request, std::string(tally.arm_name(arm)), metric.lower_is_better));
    }
    return result;
}

// The p-values of a family, adjusted in place. The holdout is a yardstick, and of no family.
void adjust(std::vector<MetricResult>& metrics, bool of_secondary) {
    std::vector<double> p_values;
    std::vector<ArmComparison*> family;
    for (MetricResult& metric : metrics) {
        if ((metric.role == MetricRole::secondary) != of_secondary) continue;
        for (ArmComparison& one : metric.comparisons) {
            if (one.name == kHoldout || !one.sequential || !one.sequential->p_value) continue;
            p_values.push_back(*one.sequential->p_value);
            family.push_back(&one);
        }
    }
    const auto adjusted =
        of_secondary ? learn::benjamini_hochberg(p_values) : learn::holm(p_values);
    if (!adjusted) return;
    for (std::size_t i = 0; i < family.size(); ++i) family[i]->adjusted_p_value = (*adjusted)[i];
}

}  // namespace

Result<ExperimentResults> results_of(std::string id, const domain::Experiment& definition,
                                     const Tally& tally, const WeightsByVersion& weights) {
    ExperimentResults results{.id = std::move(id), .status = definition.status};
    if (definition.plan) {
        results.units_needed = definition.plan->units_needed;
        results.alpha = definition.plan->alpha;
    }
    const std::vector<double> expected = expected_units(definition, tally, weights);
    for (std::size_t arm = 0; arm < tally.arms(); ++arm) {
        results.units += tally.units(arm);
        if (arm == expected.size() && definition.holdout == 0 && tally.units(arm) == 0) continue;
        results.arms.push_back({std::string(tally.arm_name(arm)), tally.units(arm),
                                arm < expected.size() ? expected[arm] : 0});
    }
    if (definition.holdout > 0)
        results.arms.back().expected = static_cast<double>(results.units) * definition.holdout;
    results.sample_ratio = sample_ratio_of(tally, expected);
    for (std::size_t i = 0; i < definition.metrics.size(); ++i)
        results.metrics.push_back(metric_result(definition, tally, i));
    adjust(results.metrics, false);
    adjust(results.metrics, true);
    results.verdict = verdict_of(definition, results);
    return results;
}

}  // namespace attune::engine
