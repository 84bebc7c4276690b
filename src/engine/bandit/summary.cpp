#include "engine/bandit/summary.h"

#include "engine/experiment/plan.h"
#include "learn/stats/distributions.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace attune::engine {
namespace {

constexpr double kNormal95 = 1.959963984540054;
constexpr double kSuspicious = 0.001;
// A sum of fewer draws than that is not yet normal enough to accuse anybody.
constexpr std::uint64_t kDrawsToJudge = 20;

BanditArm arm_of(const WeighedSums& sums, std::string name) {
    BanditArm arm{.name = std::move(name), .draws = sums.draws, .reward = sums.reward};
    if (sums.draws == 0) return arm;
    const double mean = sums.weighed_reward / sums.weight;
    arm.mean = mean;
    arm.effective_draws = sums.weight * sums.weight / sums.weight_squares;
    const double squares = sums.squared_weight_squares - (2 * mean * sums.squared_weight_reward) +
                           (mean * mean * sums.weight_squares);
    const double error = std::sqrt(std::max(squares, 0.0)) / sums.weight;
    // Rewards that were all alike say nothing about chance.
    if (error > 0) arm.ci = {{mean - (kNormal95 * error), mean + (kNormal95 * error)}};
    return arm;
}

std::string percent(double share) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.1f %%", 100 * share);
    return text.data();
}

Verdict verdict_of_bandit(const domain::Experiment& experiment, const BanditResults& summary,
                          bool is_suspicious) {
    if (is_suspicious)
        return {
            .decision = "check",
            .reason =
                "the variants were not drawn as often as the logged probabilities say: somebody is "
                "lost or counted twice on one side"};
    if (summary.draws < experiment.bandit->begin_units)
        return {.decision = "continue",
                .reason = "the weights still rule: nothing is concluded before begin_units draws"};
    const auto leader = std::ranges::max_element(
        summary.arms, {}, [](const BanditArm& arm) { return arm.probability.value_or(0); });
    if (leader == summary.arms.end() || !leader->probability)
        return {
            .decision = "shift",
            .reason =
                "the weights shift with who asks; what each variant earned stands in bandit.arms"};
    return {.decision = "shift",
            .variant = leader->name,
            .reason = "the weights have shifted: " + leader->name + " is drawn with " +
                      percent(*leader->probability) + " now, and may change again"};
}

void refuse_comparisons(std::vector<MetricResult>& metrics) {
    for (MetricResult& metric : metrics)
        for (ArmComparison& one : metric.comparisons)
            one = {.name = std::move(one.name),
                   .direction = "unclear",
                   .problem = "the variants' shares have moved: see bandit.arms"};
}

}  // namespace

BanditResults summary_of(const domain::Experiment& experiment, const std::vector<WeighedSums>& sums,
                         const BanditState& state) {
    BanditResults summary{.strategy = experiment.bandit->strategy};
    if (const auto* reward = primary_metric(experiment)) summary.metric = reward->name;
    for (std::size_t i = 0; i < sums.size(); ++i) {
        const bool is_holdout = i == experiment.variants.size();
        if (is_holdout && experiment.holdout == 0 && sums[i].draws == 0) continue;
        BanditArm arm =
            arm_of(sums[i], is_holdout ? std::string(kHoldout) : experiment.variants[i].name);
        if (!is_holdout) arm.probability = state.probability(i);
        summary.draws += arm.draws;
        summary.arms.push_back(std::move(arm));
    }
    return summary;
}

SampleRatioCheck draw_ratio_of(const std::vector<WeighedSums>& sums) {
    double draws = 0;
    for (const WeighedSums& arm : sums) draws += static_cast<double>(arm.draws);
    SampleRatioCheck check;
    std::size_t judged = 0;
    for (const WeighedSums& arm : sums) {
        if (arm.draws < kDrawsToJudge || !(arm.ratio_variance > 0)) continue;
        ++judged;
        const double off = arm.weight - draws;
        check.chi_square = std::max(check.chi_square, off * off / arm.ratio_variance);
    }
    if (judged == 0) return check;
    check.p_value = std::min(
        1.0, static_cast<double>(judged) * 2 * learn::normal_upper(std::sqrt(check.chi_square)));
    check.is_suspicious = check.p_value < kSuspicious;
    return check;
}

void tell_as_bandit(const domain::Experiment& experiment, const std::vector<WeighedSums>& sums,
                    BanditResults summary, ExperimentResults& results) {
    for (ArmCount& arm : results.arms) {
        const auto same = std::ranges::find(summary.arms, arm.name, &BanditArm::name);
        if (same == summary.arms.end() || same->draws == 0) continue;
        const auto& weighed = sums[static_cast<std::size_t>(same - summary.arms.begin())];
        // What the mean probability of its own draws would have given.
        arm.expected = static_cast<double>(weighed.draws) * static_cast<double>(summary.draws) /
                       weighed.weight;
    }
    results.sample_ratio = draw_ratio_of(sums);
    refuse_comparisons(results.metrics);
    if (results.segments)
        for (SegmentResult& segment : *results.segments) refuse_comparisons(segment.metrics);
    results.verdict = verdict_of_bandit(experiment, summary, results.sample_ratio.is_suspicious);
    results.is_current = results.is_current && summary.is_current;
    results.bandit = std::move(summary);
}

}  // namespace attune::engine
