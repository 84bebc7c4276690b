// BanditState: what a bandit has learned at one moment, as it is asked on every decision.
//
//     const BanditDraw drawn = state->draw(bucket, numbers);
//
// Immutable and thread-safe. Without context a draw is a look-up; with it, a prediction of each arm (some 20 µs for ten).
#pragma once

#include "domain/experiment.h"
#include "engine/bandit/shares.h"
#include "learn/bandit/linear.h"
#include "learn/bandit/tally.h"

#include <optional>
#include <span>
#include <vector>

namespace attune::engine {

[[nodiscard]] bool is_linear(domain::BanditStrategy strategy);

// The split that a bandit begins with: the weights, but for its floor.
[[nodiscard]] Shares first_shares(const domain::Experiment& experiment);

// What is known of each variant, as of one time.
struct BanditKnowledge {
    std::vector<learn::Tally> tallies;
    std::vector<learn::LinearTally> linear;  // none, where nothing is known of who asks
    bool is_begun = false;                   // false: the weights still rule
};

class BanditState {
public:
    // The experiment is a bandit, and was checked.
    BanditState(const domain::Experiment& experiment, const BanditKnowledge& knowledge);

    // `numbers` are feature_numbers(); none where the strategy does not look.
    [[nodiscard]] BanditDraw draw(std::uint32_t bucket, std::span<const double> numbers) const;
    // Of a variant, whoever asks; empty where that depends on who.
    [[nodiscard]] std::optional<double> probability(std::size_t variant) const;
    [[nodiscard]] bool looks_at_features() const { return !models_.empty(); }

private:
    [[nodiscard]] std::vector<double> chances(const domain::Experiment& experiment,
                                              std::vector<learn::Tally> gains) const;
    void fit(const BanditKnowledge& knowledge, bool lower_is_better);
    [[nodiscard]] Result<std::vector<double>> predicted(std::span<const double> numbers) const;

    const domain::BanditStrategy strategy_;
    const double floor_;
    Shares shares_;
    std::vector<learn::LinearModel> models_;  // of the variants
    double noise_ = 1;                        // of one reward
};

}  // namespace attune::engine
