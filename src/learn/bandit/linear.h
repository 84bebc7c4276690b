// Bandits that look at who is asking: each arm predicts its reward as a linear function of the
// context's features, and knows how unsure it is about a context it has rarely seen.
//
//   linear_upper_confidence   LinUCB (Li, Chu, Langford and Schapire 2010): the best prediction plus
//                             `width` times its uncertainty
//   linear_thompson           (Agrawal and Goyal 2013): the probability that the arm's prediction is
//                             the best, when each is uncertain by `width` times its uncertainty
//
//     LinearTally tally(2);
//     tally.show(features, now, memory);               // when the arm was chosen
//     tally.reward(features, 1.0, shown_at, memory);   // whenever its reward comes
//     auto model = LinearModel::fit(tally, 1.0);       // costs d³/6; keep it while the tally rests
//
// A tally is sums (Σ xxᵀ and Σ r·x), so it merges, fades and takes late rewards as Tally does. A model
// is immutable: any thread may ask it. Features should be of the size of 1, with a constant 1 among
// them for the arm's own level.
#pragma once

#include "base/result.h"
#include "learn/bandit/tally.h"

#include <cstddef>
#include <span>
#include <vector>

namespace attune::learn {

inline constexpr std::size_t kFeaturesMax = 128;

struct LinearTally {
    std::vector<double> gram;         // Σ xxᵀ: the lower triangle, row by row
    std::vector<double> reward_sums;  // Σ r·x
    base::Time at{};

    LinearTally() = default;
    explicit LinearTally(std::size_t features);

    [[nodiscard]] std::size_t features() const { return reward_sums.size(); }

    // Fail when there are not as many features as the tally has, or one is no finite number.
    [[nodiscard]] Result<void> show(std::span<const double> context, base::Time when,
                                    const Memory& memory);
    [[nodiscard]] Result<void> reward(std::span<const double> context, double value,
                                      base::Time shown_at, const Memory& memory);
    [[nodiscard]] Result<void> merge(const LinearTally& other, const Memory& memory);
    void age(base::Time now, const Memory& memory);
};
BOOST_DESCRIBE_STRUCT(LinearTally, (), (gram, reward_sums, at))

struct Prediction {
    double mean = 0;
    double uncertainty = 0;  // √(xᵀ(λI + Σxxᵀ)⁻¹x)
};

class LinearModel {
public:
    // Ridge regression with penalty λ = `ridge`, above 0. Fails when the tally's sizes do not agree,
    // it has more than kFeaturesMax features, or it holds what no trials can have.
    [[nodiscard]] static Result<LinearModel> fit(const LinearTally& tally, double ridge);

    // The context must have features() finite numbers.
    [[nodiscard]] Result<Prediction> predict(std::span<const double> context) const;
    [[nodiscard]] std::size_t features() const { return weights_.size(); }
    [[nodiscard]] std::span<const double> weights() const { return weights_; }
    // (λI + Σxxᵀ)⁻¹·v, which says how the predictions hang on the rewards they were learnt from.
    // `v` has features() places.
    [[nodiscard]] std::vector<double> solve(std::span<const double> v) const;

private:
    std::vector<double> factor_;  // Cholesky, lower triangle row by row
    std::vector<double> weights_;
};

[[nodiscard]] Result<std::vector<double>> linear_upper_confidence(
    std::span<const LinearModel* const> arms, std::span<const double> context, double width);
[[nodiscard]] Result<std::vector<double>> linear_thompson(std::span<const LinearModel* const> arms,
                                                          std::span<const double> context,
                                                          double width);

}  // namespace attune::learn
