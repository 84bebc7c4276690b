// BanditLearner: what one bandit learns from its draws, and what they brought. Two sets of sums: those that fade, from which
// the next draws are made; and those that do not, weighed by the inverse of each draw's probability, from which results are
// told.
//
// Deterministic: the same draws and rewards in the same order give the same state, whenever it is asked for. Not
// thread-safe.
#pragma once

#include "engine/bandit/bandit_state.h"
#include "engine/bandit/rewarded_draws.h"

#include <deque>
#include <memory>
#include <string>
#include <vector>

namespace attune::engine {

// Of one arm: each draw counts 1/probability.
struct WeighedSums {
    std::uint64_t draws = 0;
    double reward = 0;  // as it is
    double weight = 0;
    double weight_squares = 0;
    double weighed_reward = 0;
    double squared_weight_reward = 0;   // Σ w²·r
    double squared_weight_squares = 0;  // Σ w²·r²
    double ratio_variance = 0;  // Σ (1/p − 1)/p: of the weights' sum, if the probabilities are true

    void draw(double probability);
    void revise(double probability, double before, double after);
};

class BanditLearner final : public DrawListener {
public:
    explicit BanditLearner(const domain::Experiment& experiment);

    bool drawn(Draw& draw, std::string_view features) override;
    void rewarded(Draw& draw, double before) override;
    void closed(Draw&) override {}
    // What was drawn long enough ago counts from now on.
    void settle(base::Time now);

    // As of `now`, the log's own time.
    [[nodiscard]] std::shared_ptr<const BanditState> state(base::Time now) const;
    // Whether it looks at who is asking.
    [[nodiscard]] bool is_linear() const { return !knowledge_.linear.empty(); }
    // Of the variants, and the holdout, which stands last.
    [[nodiscard]] const std::vector<WeighedSums>& sums() const { return sums_; }

private:
    friend class LearnerSaver;
    friend class LearnerLoader;

    // A draw that says nothing yet.
    struct Pending {
        std::size_t arm = 0;
        base::Time at;
        double value = 0;
        std::vector<float> numbers;
    };
    void count(std::size_t arm, std::span<const float> numbers, base::Time at);
    void revise(std::size_t arm, std::span<const float> numbers, base::Time at, double before,
                double after);

    const domain::Experiment experiment_;
    const learn::Memory memory_;
    const base::Duration delay_;
    BanditKnowledge knowledge_;
    std::vector<WeighedSums> sums_;
    std::deque<Pending> pending_;
    std::uint64_t settled_ = 0;  // draws before the first pending one
};

}  // namespace attune::engine
