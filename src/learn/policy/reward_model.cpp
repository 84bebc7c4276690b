#include "learn/policy/reward_model.h"

#include "learn/bandit/linear.h"

#include <numeric>

namespace attune::learn {

namespace {

constexpr std::size_t kFolds = 3;
constexpr double kSharedRidge = 1;
constexpr double kActionRidge = 10;

// Scattered, so that a log with a rhythm (every third row another page) does not give a fold rows of
// one kind only.
std::size_t fold_of(std::size_t row) {
    std::uint64_t x = row + 0x9e3779b97f4a7c15;  // SplitMix64
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
    x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
    return static_cast<std::size_t>((x ^ (x >> 31)) % kFolds);
}

double dot(std::span<const double> a, std::span<const double> b) {
    return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

Result<void> learn_from(LinearTally& tally, std::span<const double> row, double value) {
    ATTUNE_TRY_VOID(tally.show(row, {}, {}));
    return tally.reward(row, value, {}, {});
}

void add(std::vector<double>& to, std::span<const double> row, double times) {
    for (std::size_t i = 0; i < row.size(); ++i) to[i] += times * row[i];
}

// The tally's Σxxᵀ, of which it keeps the lower triangle, times v.
std::vector<double> gram_times(const LinearTally& tally, std::span<const double> v) {
    std::vector<double> product(v.size(), 0.0);
    std::size_t place = 0;
    for (std::size_t i = 0; i < v.size(); ++i) {
        for (std::size_t j = 0; j <= i; ++j, ++place) {
            product[i] += tally.gram[place] * v[j];
            if (i != j) product[j] += tally.gram[place] * v[i];
        }
    }
    return product;
}

}  // namespace

Result<Predictions> RewardModel::cross_fit(const PolicyLog& log) {
    const std::size_t rows = log.rows();
    Predictions predictions{std::vector<double>(rows), std::vector<double>(rows),
                            std::vector<double>(rows)};
    for (std::size_t fold = 0; fold < kFolds; ++fold) {
        RewardModel model(log);
        ATTUNE_TRY_VOID(model.fit_without(fold));
        model.predict(fold, predictions);
        model.add_influence(fold, predictions);
    }
    return predictions;
}

Result<void> RewardModel::fit_without(std::size_t fold) {
    const std::size_t width = log_.features_.width();
    std::vector<double> row(width);
    LinearTally all(width);
    for (std::size_t i = 0; i < log_.rows(); ++i) {
        if (fold_of(i) == fold) continue;
        log_.features_.row(i, row);
        ATTUNE_TRY_VOID(learn_from(all, row, log_.rewards_[i]));
    }
    ATTUNE_TRY(shared_, LinearModel::fit(all, kSharedRidge));
    actions_.resize(log_.action_numbers_.size());
    for (std::size_t i = 0; i < log_.rows(); ++i) {
        if (fold_of(i) == fold) continue;
        log_.features_.row(i, row);
        LinearTally& tally = actions_[log_.actions_[i]].tally;
        if (tally.features() == 0) tally = LinearTally(width);
        ATTUNE_TRY_VOID(learn_from(tally, row, log_.rewards_[i] - dot(shared_->weights(), row)));
    }
    for (Action& action : actions_) {
        if (action.tally.features() == 0) continue;
        ATTUNE_TRY(action.model, LinearModel::fit(action.tally, kActionRidge));
        action.asked.assign(width, 0.0);
    }
    asked_.assign(width, 0.0);
    return {};
}

void RewardModel::predict(std::size_t fold, Predictions& into) {
    std::vector<double> row(log_.features_.width());
    const auto part = [&](const Action& action) {
        return action.model ? dot(action.model->weights(), row) : 0;
    };
    for (std::size_t i = 0; i < log_.rows(); ++i) {
        if (fold_of(i) != fold) continue;
        log_.features_.row(i, row);
        const double shared = dot(shared_->weights(), row);
        into.logged[i] = shared + part(actions_[log_.actions_[i]]);
        for (const auto& [number, probability] : log_.targets_of(i)) {
            Action& action = actions_[number];
            into.target[i] += probability * (shared + part(action));
            add(asked_, row, probability);
            if (action.model) add(action.asked, row, probability);
        }
    }
}

// Of row i with action a among those the model was fitted on, with the layers' regressions
// θ = S⁻¹Σ r·x and θₐ = Aₐ⁻¹(Σₐ r·x − Gₐθ), the sum of predictions m·θ + Σₐ mₐ·θₐ grows with the row's
// reward by x·(S⁻¹(m − Σₐ GₐAₐ⁻¹mₐ) + Aₐ⁻¹mₐ).
void RewardModel::add_influence(std::size_t fold, Predictions& into) const {
    std::vector<double> left = asked_;
    std::vector<std::vector<double>> by_action(actions_.size());
    for (std::size_t a = 0; a < actions_.size(); ++a) {
        if (!actions_[a].model) continue;
        by_action[a] = actions_[a].model->solve(actions_[a].asked);
        add(left, gram_times(actions_[a].tally, by_action[a]), -1);
    }
    const auto shared = shared_->solve(left);
    std::vector<double> row(log_.features_.width());
    for (std::size_t i = 0; i < log_.rows(); ++i) {
        if (fold_of(i) == fold) continue;
        log_.features_.row(i, row);
        const double grows = dot(shared, row) + dot(by_action[log_.actions_[i]], row);
        into.influence[i] += grows / static_cast<double>(log_.rows());
    }
}

}  // namespace attune::learn
