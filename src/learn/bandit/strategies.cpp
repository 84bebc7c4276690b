#include "learn/bandit/strategies.h"

#include "learn/bandit/best_of.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

namespace attune::learn {

namespace {

Result<void> check(std::span<const Tally> arms) {
    if (arms.empty()) return fail_field("/arms", "must not be empty");
    if (arms.size() > kArmsMax)
        return fail_field("/arms", "must be at most " + std::to_string(kArmsMax));
    for (std::size_t i = 0; i < arms.size(); ++i) {
        const Tally& arm = arms[i];
        const bool finite = std::isfinite(arm.trials) && std::isfinite(arm.reward_sum) &&
                            std::isfinite(arm.reward_squares);
        if (!finite || arm.trials < 0 || arm.reward_squares < 0)
            return fail_field("/arms/" + std::to_string(i), "holds what no trials can have");
    }
    return {};
}

Result<void> check_positive(double value, const char* pointer) {
    if (!(value > 0) || !std::isfinite(value)) return fail_field(pointer, "must be above 0");
    return {};
}

std::vector<double> means_of(std::span<const Tally> arms) {
    std::vector<double> means;
    means.reserve(arms.size());
    for (const Tally& arm : arms) means.push_back(arm.mean());
    return means;
}

}  // namespace

Result<std::vector<double>> thompson_bernoulli(std::span<const Tally> arms,
                                               const BetaPrior& prior) {
    ATTUNE_TRY_VOID(check(arms));
    if (!(prior.successes >= 1) || !std::isfinite(prior.successes))
        return fail_field("/prior/successes", "must be at least 1");
    if (!(prior.failures >= 1) || !std::isfinite(prior.failures))
        return fail_field("/prior/failures", "must be at least 1");
    std::vector<Beta> posteriors;
    posteriors.reserve(arms.size());
    for (const Tally& arm : arms) {
        // A reward that comes before its trial (another process's share) must not give negative ones.
        const double successes = std::clamp(arm.reward_sum, 0.0, arm.trials);
        posteriors.push_back(
            {prior.successes + successes, prior.failures + arm.trials - successes});
    }
    return chances_of_being_best(posteriors);
}

Result<std::vector<double>> thompson_gaussian(std::span<const Tally> arms,
                                              const RewardPrior& prior) {
    ATTUNE_TRY_VOID(check(arms));
    ATTUNE_TRY_VOID(check_positive(prior.variance, "/prior/variance"));
    ATTUNE_TRY_VOID(check_positive(prior.weight, "/prior/weight"));
    if (!std::isfinite(prior.mean)) return fail_field("/prior/mean", "must be a finite number");
    std::vector<Gaussian> posteriors;
    posteriors.reserve(arms.size());
    for (const Tally& arm : arms) {
        const double trials = prior.weight + arm.trials;
        const double mean = (prior.weight * prior.mean + arm.reward_sum) / trials;
        // The spread around that mean of what was seen and of the trials that the prior stands for.
        const double squares =
            prior.weight * (prior.variance + prior.mean * prior.mean) + arm.reward_squares;
        const double variance =
            std::max(squares / trials - mean * mean, prior.variance * prior.weight / trials);
        posteriors.push_back({mean, std::sqrt(variance / trials)});
    }
    return chances_of_being_best(posteriors);
}

Result<std::vector<double>> epsilon_greedy(std::span<const Tally> arms, double epsilon) {
    ATTUNE_TRY_VOID(check(arms));
    if (!(epsilon >= 0 && epsilon <= 1)) return fail_field("/epsilon", "must be between 0 and 1");
    auto chances = greedy(means_of(arms));
    for (double& chance : chances)
        chance = epsilon / static_cast<double>(arms.size()) + (1 - epsilon) * chance;
    return chances;
}

Result<std::vector<double>> upper_confidence(std::span<const Tally> arms, double width) {
    ATTUNE_TRY_VOID(check(arms));
    ATTUNE_TRY_VOID(check_positive(width, "/width"));
    double all = 0;
    for (const Tally& arm : arms) all += arm.trials;
    const double spread = 2 * std::log(std::max(all, 1.0));
    std::vector<double> indices = means_of(arms);
    for (std::size_t i = 0; i < arms.size(); ++i)
        indices[i] = arms[i].trials > 0 ? indices[i] + width * std::sqrt(spread / arms[i].trials)
                                        : std::numeric_limits<double>::infinity();
    return greedy(indices);
}

}  // namespace attune::learn
