// RewardModel: the reward that an action would bring in a context, learnt from the log. Internal to
// policy. Ridge regression in two layers: what the context says for all actions, and, held back more
// strongly, what each action adds to that. An action that was hardly seen is predicted as any other.
#pragma once

#include "learn/bandit/linear.h"
#include "learn/policy/evaluation.h"

#include <optional>
#include <vector>

namespace attune::learn {

// Of each row: the prediction for the action that was logged, the mean prediction over the target's,
// and by how much the mean of all of these means would grow with the row's reward. The predictions
// are linear in the rewards, so the last one tells how sure the model itself is.
struct Predictions {
    std::vector<double> logged;
    std::vector<double> target;
    std::vector<double> influence;
};

class RewardModel {
public:
    // Every row is predicted by a model that was fitted without its fold.
    [[nodiscard]] static Result<Predictions> cross_fit(const PolicyLog& log);

private:
    struct Action {
        LinearTally tally;  // of what the shared layer leaves; no features: never seen
        std::optional<LinearModel> model;
        std::vector<double> asked;  // the features it is predicted with, summed by probability
    };

    explicit RewardModel(const PolicyLog& log) : log_(log) {}
    [[nodiscard]] Result<void> fit_without(std::size_t fold);
    void predict(std::size_t fold, Predictions& into);
    void add_influence(std::size_t fold, Predictions& into) const;

    const PolicyLog& log_;
    std::optional<LinearModel> shared_;
    std::vector<double> asked_;  // of the shared layer
    std::vector<Action> actions_;
};

}  // namespace attune::learn
