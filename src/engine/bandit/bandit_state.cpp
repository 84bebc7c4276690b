#include "engine/bandit/bandit_state.h"

#include "engine/experiment/plan.h"
#include "learn/bandit/strategies.h"

#include <algorithm>
#include <cmath>

namespace attune::engine {
namespace {

using domain::BanditStrategy;
using domain::MetricKind;

constexpr double kRidge = 1;
// LinUCB's width, in deviations of a reward.
constexpr double kLinearWidth = 2;

// The mean and spread of all rewards, whichever variant they came from.
struct Pooled {
    double mean = 0;
    double variance = 1;
};

Pooled pooled(std::span<const learn::Tally> tallies) {
    double trials = 0;
    double sum = 0;
    double squares = 0;
    for (const learn::Tally& one : tallies) {
        trials += one.trials;
        sum += one.reward_sum;
        squares += one.reward_squares;
    }
    if (!(trials > 0) || !(squares > 0)) return {};
    const double mean = sum / trials;
    // Never nothing: rewards that were all alike so far may differ yet.
    return {mean, std::max((squares / trials) - (mean * mean), 1e-6 * (squares / trials))};
}

// Where less is better, what did not happen is the gain.
std::vector<learn::Tally> gains_of(std::vector<learn::Tally> tallies, MetricKind kind) {
    for (learn::Tally& one : tallies) {
        if (kind == MetricKind::conversion)
            one.reward_squares = one.reward_sum = std::max(one.trials - one.reward_sum, 0.0);
        else
            one.reward_sum = -one.reward_sum;
    }
    return tallies;
}

std::vector<double> weights_of(const domain::Experiment& experiment) {
    std::vector<double> weights;
    for (const auto& variant : experiment.variants) weights.push_back(variant.weight);
    return weights;
}

}  // namespace

bool is_linear(BanditStrategy strategy) {
    return strategy == BanditStrategy::lin_ucb || strategy == BanditStrategy::linear_thompson;
}

Shares first_shares(const domain::Experiment& experiment) {
    ATTUNE_CHECK(experiment.bandit);
    return Shares::of_weights(weights_of(experiment), experiment.bandit->floor);
}

BanditState::BanditState(const domain::Experiment& experiment, const BanditKnowledge& knowledge)
    : strategy_(experiment.bandit->strategy),
      floor_(experiment.bandit->floor),
      shares_(first_shares(experiment)) {
    if (!knowledge.is_begun) return;
    const domain::ExperimentMetric* reward = primary_metric(experiment);
    ATTUNE_CHECK(reward != nullptr);
    if (is_linear(strategy_)) {
        noise_ = std::sqrt(pooled(knowledge.tallies).variance);
        fit(knowledge, reward->lower_is_better);
        return;
    }
    shares_ = Shares::of(
        chances(experiment, reward->lower_is_better ? gains_of(knowledge.tallies, reward->kind)
                                                    : knowledge.tallies),
        floor_);
}

std::vector<double> BanditState::chances(const domain::Experiment& experiment,
                                         std::vector<learn::Tally> gains) const {
    const bool is_conversion = primary_metric(experiment)->kind == MetricKind::conversion;
    const Pooled all = pooled(gains);
    Result<std::vector<double>> found = weights_of(experiment);
    switch (strategy_) {
        case BanditStrategy::epsilon_greedy:
            found = learn::epsilon_greedy(gains, experiment.bandit->epsilon);
            break;
        case BanditStrategy::ucb:
            // The proof wants rewards between 0 and 1, whose deviation is at most a half.
            found = learn::upper_confidence(gains, is_conversion ? 1 : 2 * std::sqrt(all.variance));
            break;
        default:
            found = is_conversion ? learn::thompson_bernoulli(gains, {})
                                  : learn::thompson_gaussian(
                                        gains, {.mean = all.mean, .variance = all.variance});
    }
    // Rewards so large that their squares are no numbers any more: nothing can be told from them.
    return found ? *std::move(found) : weights_of(experiment);
}

void BanditState::fit(const BanditKnowledge& knowledge, bool lower_is_better) {
    for (learn::LinearTally tally : knowledge.linear) {
        if (lower_is_better)
            for (double& sum : tally.reward_sums) sum = -sum;
        auto model = learn::LinearModel::fit(tally, kRidge);
        if (!model) {
            models_.clear();
            return;
        }
        models_.push_back(*std::move(model));
    }
}

Result<std::vector<double>> BanditState::predicted(std::span<const double> numbers) const {
    std::vector<const learn::LinearModel*> arms;
    arms.reserve(models_.size());
    for (const learn::LinearModel& model : models_) arms.push_back(&model);
    return strategy_ == BanditStrategy::lin_ucb
               ? learn::linear_upper_confidence(arms, numbers, kLinearWidth * noise_)
               : learn::linear_thompson(arms, numbers, noise_);
}

BanditDraw BanditState::draw(std::uint32_t bucket, std::span<const double> numbers) const {
    if (models_.empty()) return shares_.draw(bucket);
    auto chances = predicted(numbers);
    return chances ? Shares::of(*std::move(chances), floor_).draw(bucket) : shares_.draw(bucket);
}

std::optional<double> BanditState::probability(std::size_t variant) const {
    if (!models_.empty()) return std::nullopt;
    return shares_.probability(variant);
}

}  // namespace attune::engine
