#include "engine/experiment/results.h"

#include "engine/experiment/metric_result.h"
#include "learn/stats/multiple_testing.h"
#include "learn/stats/sample_ratio.h"

#include <algorithm>
#include <cmath>

namespace attune::engine {
namespace {

using domain::MetricRole;

constexpr double kSuspicious = 0.001;

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

// One metric in all segments is one family: of what is claimed about it, at most a share alpha is false.
void adjust_over(std::vector<SegmentResult>& segments, std::size_t metric) {
    std::vector<double> p_values;
    std::vector<ArmComparison*> family;
    for (SegmentResult& segment : segments) {
        for (ArmComparison& one : segment.metrics[metric].comparisons) {
            if (one.name == kHoldout || !one.sequential || !one.sequential->p_value) continue;
            p_values.push_back(*one.sequential->p_value);
            family.push_back(&one);
        }
    }
    const auto adjusted = learn::benjamini_hochberg(p_values);
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
        results.metrics.push_back(metric_result(definition, tally, i, std::nullopt));
    adjust(results.metrics, false);
    adjust(results.metrics, true);
    results.verdict = verdict_of(definition, results);
    return results;
}

std::vector<SegmentResult> results_by_segment(const domain::Experiment& definition,
                                              const Tally& tally) {
    struct Sized {
        std::size_t segment;
        std::uint64_t units;
    };
    std::vector<Sized> largest;
    for (std::size_t segment = 0; segment < tally.segments().size(); ++segment) {
        std::uint64_t units = 0;
        for (std::size_t arm = 0; arm < tally.arms(); ++arm) units += tally.units(arm, segment);
        if (units > 0) largest.push_back({segment, units});
    }
    std::ranges::sort(largest, [&](const Sized& a, const Sized& b) {
        if (a.units != b.units) return a.units > b.units;
        return tally.segments()[a.segment] < tally.segments()[b.segment];
    });
    largest.resize(std::min(largest.size(), kSegmentResultsMax));
    std::vector<SegmentResult> results;
    for (const Sized& one : largest) {
        SegmentResult& result = results.emplace_back();
        result.segment_id = tally.segments()[one.segment];
        result.units = one.units;
        for (std::size_t i = 0; i < definition.metrics.size(); ++i)
            result.metrics.push_back(metric_result(definition, tally, i, one.segment));
    }
    for (std::size_t i = 0; i < definition.metrics.size(); ++i) adjust_over(results, i);
    return results;
}

}  // namespace attune::engine
