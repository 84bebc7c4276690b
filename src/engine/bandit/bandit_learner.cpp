#include "engine/bandit/bandit_learner.h"

#include "engine/bandit/known_features.h"

#include <chrono>

namespace attune::engine {
namespace {

std::vector<float> numbers_of(const domain::ExperimentBandit& bandit, std::string_view features) {
    const auto known = base::JsonDocument::parse(features.empty() ? "{}" : features);
    const auto numbers =
        feature_numbers(bandit.features, known ? LogicValue(known->root()) : LogicValue());
    return {numbers.begin(), numbers.end()};
}

std::vector<double> wide(std::span<const float> numbers) {
    return {numbers.begin(), numbers.end()};
}

}  // namespace

void WeighedSums::draw(double probability) {
    const double w = 1 / probability;
    ++draws;
    weight += w;
    weight_squares += w * w;
    ratio_variance += (w - 1) * w;
}

void WeighedSums::revise(double probability, double before, double after) {
    const double w = 1 / probability;
    reward += after - before;
    weighed_reward += w * (after - before);
    squared_weight_reward += w * w * (after - before);
    squared_weight_squares += w * w * (after * after - before * before);
}

BanditLearner::BanditLearner(const domain::Experiment& experiment)
    : experiment_(experiment),
      memory_{.half_life = std::chrono::seconds(experiment.bandit->half_life_seconds.value_or(0))},
      delay_(std::chrono::seconds(experiment.bandit->delay_seconds)),
      sums_(experiment.variants.size() + 1) {
    knowledge_.tallies.resize(experiment.variants.size());
    if (engine::is_linear(experiment.bandit->strategy))
        knowledge_.linear.assign(experiment.variants.size(), learn::LinearTally(kFeatureNumbers));
}

bool BanditLearner::drawn(Draw& draw, std::string_view features) {
    sums_[draw.arm].draw(draw.probability);
    if (draw.arm >= knowledge_.tallies.size()) return true;  // held out
    if (!knowledge_.linear.empty()) draw.numbers = numbers_of(*experiment_.bandit, features);
    draw.row = settled_ + pending_.size();
    pending_.push_back({draw.arm, draw.at, 0, draw.numbers});
    return true;
}

void BanditLearner::rewarded(Draw& draw, double before) {
    sums_[draw.arm].revise(draw.probability, before, draw.value);
    if (draw.arm >= knowledge_.tallies.size()) return;
    if (draw.row < settled_)
        revise(draw.arm, draw.numbers, draw.at, before, draw.value);
    else
        pending_[draw.row - settled_].value = draw.value;
}

void BanditLearner::settle(base::Time now) {
    for (; !pending_.empty() && pending_.front().at + delay_ <= now; pending_.pop_front()) {
        const Pending& one = pending_.front();
        count(one.arm, one.numbers, one.at);
        if (one.value != 0) revise(one.arm, one.numbers, one.at, 0, one.value);
        ++settled_;
    }
}

void BanditLearner::count(std::size_t arm, std::span<const float> numbers, base::Time at) {
    knowledge_.tallies[arm].show(at, memory_);
    if (!numbers.empty()) ATTUNE_CHECK(knowledge_.linear[arm].show(wide(numbers), at, memory_));
}

void BanditLearner::revise(std::size_t arm, std::span<const float> numbers, base::Time at,
                           double before, double after) {
    knowledge_.tallies[arm].revise(before, after, at, memory_);
    if (!numbers.empty())
        ATTUNE_CHECK(knowledge_.linear[arm].reward(wide(numbers), after - before, at, memory_));
}

// Aged as copies: how often somebody asks must not show in the last digits.
std::shared_ptr<const BanditState> BanditLearner::state(base::Time now) const {
    BanditKnowledge known = knowledge_;
    known.is_begun = settled_ >= experiment_.bandit->begin_units;
    for (learn::Tally& one : known.tallies) one.age(now, memory_);
    for (learn::LinearTally& one : known.linear) one.age(now, memory_);
    return std::make_shared<const BanditState>(experiment_, known);
}

}  // namespace attune::engine
