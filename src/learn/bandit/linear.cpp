#include "learn/bandit/linear.h"

#include "learn/bandit/best_of.h"
#include "learn/bandit/choice.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>

namespace attune::learn {

namespace {

constexpr std::size_t triangle(std::size_t rows) { return rows * (rows + 1) / 2; }

Result<void> check_context(std::span<const double> context, std::size_t features) {
    if (context.size() != features)
        return fail_field("/context", "must have " + std::to_string(features) + " features");
    if (!std::ranges::all_of(context, [](double x) { return std::isfinite(x); }))
        return fail_field("/context", "must hold finite numbers");
    return {};
}

// Lower-triangular L with LLᵀ = the matrix, in place; false when it is not positive definite.
bool factorise(std::vector<double>& matrix, std::size_t rows) {
    for (std::size_t i = 0; i < rows; ++i) {
        double* const row = &matrix[triangle(i)];
        for (std::size_t j = 0; j <= i; ++j) {
            const double* const other = &matrix[triangle(j)];
            const double rest = row[j] - std::inner_product(row, row + j, other, 0.0);
            if (i == j) {
                if (!(rest > 0) || !std::isfinite(rest)) return false;
                row[j] = std::sqrt(rest);
            } else {
                row[j] = rest / other[j];
            }
        }
    }
    return true;
}

// Solves Lz = b.
std::vector<double> forward(std::span<const double> factor, std::span<const double> b) {
    std::vector<double> z(b.begin(), b.end());
    for (std::size_t i = 0; i < z.size(); ++i) {
        const double* const row = &factor[triangle(i)];
        z[i] = (z[i] - std::inner_product(row, row + i, z.begin(), 0.0)) / row[i];
    }
    return z;
}

// Solves Lᵀx = z.
std::vector<double> backward(std::span<const double> factor, std::vector<double> z) {
    for (std::size_t i = z.size(); i > 0; --i) {
        const double* const row = &factor[triangle(i - 1)];
        z[i - 1] /= row[i - 1];
        for (std::size_t j = 0; j + 1 < i; ++j) z[j] -= row[j] * z[i - 1];
    }
    return z;
}

Result<std::vector<Prediction>> predictions(std::span<const LinearModel* const> arms,
                                            std::span<const double> context, double width) {
    if (arms.empty()) return fail_field("/arms", "must not be empty");
    if (arms.size() > kArmsMax)
        return fail_field("/arms", "must be at most " + std::to_string(kArmsMax));
    if (!(width > 0) || !std::isfinite(width)) return fail_field("/width", "must be above 0");
    std::vector<Prediction> all;
    all.reserve(arms.size());
    for (const LinearModel* arm : arms) {
        ATTUNE_TRY(const auto prediction, arm->predict(context));
        all.push_back(prediction);
    }
    return all;
}

}  // namespace

LinearTally::LinearTally(std::size_t features)
    : gram(triangle(features), 0.0), reward_sums(features, 0.0) {}

void LinearTally::age(base::Time now, const Memory& memory) {
    if (now <= at) return;
    const double kept = memory.kept(at, now);
    for (double& sum : gram) sum *= kept;
    for (double& sum : reward_sums) sum *= kept;
    at = now;
}

Result<void> LinearTally::show(std::span<const double> context, base::Time when,
                               const Memory& memory) {
    ATTUNE_TRY_VOID(check_context(context, features()));
    age(when, memory);
    const double weight = memory.kept(when, at);
    std::size_t place = 0;
    for (std::size_t i = 0; i < context.size(); ++i)
        for (std::size_t j = 0; j <= i; ++j) gram[place++] += weight * context[i] * context[j];
    return {};
}

Result<void> LinearTally::reward(std::span<const double> context, double value, base::Time shown_at,
                                 const Memory& memory) {
    ATTUNE_TRY_VOID(check_context(context, features()));
    if (!std::isfinite(value)) return fail_field("/reward", "must be a finite number");
    age(shown_at, memory);
    const double weight = memory.kept(shown_at, at);
    for (std::size_t i = 0; i < context.size(); ++i) reward_sums[i] += weight * value * context[i];
    return {};
}

Result<void> LinearTally::merge(const LinearTally& other, const Memory& memory) {
    if (other.features() != features() || other.gram.size() != gram.size())
        return fail_field("/features", "must be as many in both tallies");
    age(other.at, memory);
    const double weight = memory.kept(other.at, at);
    for (std::size_t i = 0; i < gram.size(); ++i) gram[i] += weight * other.gram[i];
    for (std::size_t i = 0; i < reward_sums.size(); ++i)
        reward_sums[i] += weight * other.reward_sums[i];
    return {};
}

Result<LinearModel> LinearModel::fit(const LinearTally& tally, double ridge) {
    const std::size_t features = tally.features();
    if (features == 0 || features > kFeaturesMax)
        return fail_field("/features", "must be 1 to " + std::to_string(kFeaturesMax));
    if (tally.gram.size() != triangle(features))
        return fail_field("/gram", "must have one entry for each pair of features");
    if (!(ridge > 0) || !std::isfinite(ridge)) return fail_field("/ridge", "must be above 0");
    LinearModel model;
    model.factor_ = tally.gram;
    for (std::size_t i = 0; i < features; ++i) model.factor_[triangle(i) + i] += ridge;
    if (!factorise(model.factor_, features))
        return fail_field("/gram", "holds what no trials can have");
    model.weights_ = backward(model.factor_, forward(model.factor_, tally.reward_sums));
    if (!std::ranges::all_of(model.weights_, [](double x) { return std::isfinite(x); }))
        return fail_field("/reward_sums", "must hold finite numbers");
    return model;
}

Result<Prediction> LinearModel::predict(std::span<const double> context) const {
    ATTUNE_TRY_VOID(check_context(context, features()));
    const auto z = forward(factor_, context);
    return Prediction{std::inner_product(context.begin(), context.end(), weights_.begin(), 0.0),
                      std::sqrt(std::inner_product(z.begin(), z.end(), z.begin(), 0.0))};
}

std::vector<double> LinearModel::solve(std::span<const double> v) const {
    return backward(factor_, forward(factor_, v));
}

Result<std::vector<double>> linear_upper_confidence(std::span<const LinearModel* const> arms,
                                                    std::span<const double> context, double width) {
    ATTUNE_TRY(const auto all, predictions(arms, context, width));
    std::vector<double> indices;
    indices.reserve(all.size());
    for (const auto& [mean, uncertainty] : all) indices.push_back(mean + width * uncertainty);
    return greedy(indices);
}

Result<std::vector<double>> linear_thompson(std::span<const LinearModel* const> arms,
                                            std::span<const double> context, double width) {
    ATTUNE_TRY(const auto all, predictions(arms, context, width));
    std::vector<Gaussian> posteriors;
    posteriors.reserve(all.size());
    // A context of zeros tells nothing and is predicted without doubt; give it an invisible one.
    constexpr double kLeast = 1e-12;
    for (const auto& [mean, uncertainty] : all)
        posteriors.push_back({mean, std::max(width * uncertainty, kLeast)});
    return chances_of_being_best(posteriors);
}

}  // namespace attune::learn
