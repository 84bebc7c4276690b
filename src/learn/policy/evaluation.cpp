#include "learn/policy/evaluation.h"

#include "learn/policy/likelihood_interval.h"
#include "learn/policy/reward_model.h"
#include "learn/stats/distributions.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

namespace attune::learn {

namespace {

// Below this share of the rows the normal theory of weighted means becomes a hope.
constexpr double kFewShare = 0.1;
constexpr double kFewRows = 100;
constexpr double kDominance = 0.05;
// Weights average 1 when the propensities are true and everything the target does was tried; four
// standard errors leave one false alarm in thirty thousand.
constexpr double kWeightErrors = 4;
constexpr double kUnseenShare = 1e-3;

struct WeightSums {
    long double total = 0;  // rounding would show in a mean that is exactly 1
    double sum = 0;
    double squares = 0;
    double largest = 0;

    void add(double weight) {
        total += weight;
        sum = static_cast<double>(total);
        squares += weight * weight;
        largest = std::max(largest, weight);
    }
    [[nodiscard]] double effective() const { return squares > 0 ? sum * sum / squares : 0; }
};

PolicyEstimate estimate(std::span<const double> a, std::span<const double> b, double alpha,
                        double effective) {
    const auto ratio = estimate_ratio(a, b, alpha, effective);
    return {ratio.value, ratio.interval, ratio.standard_error, effective};
}

// The threshold whose squared bias (at its upper end, since it is estimated too) and variance are
// least together. Candidates are quantiles of the weights; infinity is plain dr.
double best_threshold(std::span<const double> weights, std::span<const double> residuals,
                      std::span<const double> modelled) {
    std::vector<double> sorted(weights.begin(), weights.end());
    std::ranges::sort(sorted);
    std::vector<double> candidates{std::numeric_limits<double>::infinity()};
    for (const double share : {0.999, 0.99, 0.98, 0.95, 0.9, 0.75, 0.5})
        candidates.push_back(
            sorted[static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1))]);
    const auto n = static_cast<double>(weights.size());
    double best = candidates[0];
    double least = std::numeric_limits<double>::infinity();
    for (const double threshold : candidates) {
        if (threshold <= 0) continue;
        double sum = 0;
        double squares = 0;
        double left_out = 0;
        double left_out_squares = 0;
        for (std::size_t i = 0; i < weights.size(); ++i) {
            const double correction = weights[i] * residuals[i];
            const bool kept = weights[i] <= threshold;
            const double value = modelled[i] + (kept ? correction : 0);
            sum += value;
            squares += value * value;
            if (kept) continue;
            left_out += correction;
            left_out_squares += correction * correction;
        }
        const double variance = (squares - sum * sum / n) / n / n;
        const double spread = std::max(0.0, left_out_squares - left_out * left_out / n) / n / n;
        const double bias = std::abs(left_out / n) + std::sqrt(spread);
        if (variance + bias * bias < least) {
            least = variance + bias * bias;
            best = threshold;
        }
    }
    return best;
}

void warn(PolicyReport& report, std::string code, std::string message) {
    report.warnings.push_back({std::move(code), std::move(message)});
}

std::string rounded(double value) {
    std::array<char, 32> text{};
    const auto end =
        std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::general, 4);
    return {text.data(), end.ptr};
}

void warn_of_weights(PolicyReport& report, const WeightSums& weights) {
    const auto n = static_cast<double>(report.rows);
    if (report.effective_sample_size < std::max(kFewRows, kFewShare * n))
        warn(report, "few_effective_rows",
             "of " + std::to_string(report.rows) + " rows only " +
                 rounded(report.effective_sample_size) +
                 " count: the target differs too much from what was logged for a reliable answer");
    if (weights.largest > kDominance * weights.sum)
        warn(report, "one_row_dominates",
             "a single row has a weight of " + rounded(weights.largest) + ", " +
                 rounded(100 * weights.largest / weights.sum) + " % of all");
    const double variance =
        std::max(0.0, weights.squares / n - report.weight_mean * report.weight_mean);
    const double off = kWeightErrors * std::sqrt(variance / n) + 1e-9;
    if (report.unseen_share > kUnseenShare)
        warn(
            report, "missing_support",
            rounded(100 * report.unseen_share) +
                " % of the target's choices are actions that the log never shows; nothing is known "
                "of their rewards");
    else if (report.weight_mean < 1 - off)
        warn(report, "missing_support",
             "the weights average " + rounded(report.weight_mean) +
                 " instead of 1: the target chooses what was never tried in some contexts, or the "
                 "propensities are too large");
    if (report.weight_mean > 1 + off)
        warn(report, "propensities_off",
             "the weights average " + rounded(report.weight_mean) +
                 " instead of 1: the propensities are not those the actions were chosen with");
}

Result<void> check(const PolicyOptions& options, std::size_t rows) {
    if (!(options.alpha > 0 && options.alpha < 1))
        return fail_field("/alpha", "must be between 0 and 1");
    if (options.switch_at && !(*options.switch_at > 0))
        return fail_field("/switch_at", "must be above 0");
    if (rows < 2)
        return fail(Code::invalid_argument, "an evaluation needs at least 2 logged decisions");
    return {};
}

// The five estimators from weights, rewards and predictions; every one is a mean of rows, but snips,
// which is a ratio of two.
class Estimators {
public:
    Estimators(std::span<const double> weights, std::span<const double> rewards,
               const Predictions& predicted, const PolicyOptions& options)
        : weights_(weights),
          predicted_(predicted.target),
          influence_(predicted.influence),
          alpha_(options.alpha),
          ones_(weights.size(), 1.0) {
        WeightSums sums;
        for (std::size_t i = 0; i < weights.size(); ++i) {
            sums.add(weights[i]);
            weighted_.push_back(weights[i] * rewards[i]);
            residuals_.push_back(rewards[i] - predicted.logged[i]);
        }
        effective_ = sums.effective();
        switch_at_ = options.switch_at.value_or(best_threshold(weights, residuals_, predicted_));
    }

    [[nodiscard]] PolicyEstimates all() const {
        PolicyEstimates found;
        found.dm = modelled();
        found.ips = mean_of(weighted_, effective_);
        found.snips = estimate(weighted_, weights_, alpha_, effective_);
        found.dr = corrected(std::numeric_limits<double>::infinity());
        found.switch_dr = corrected(switch_at_);
        return found;
    }
    [[nodiscard]] double switch_at() const { return switch_at_; }

private:
    [[nodiscard]] PolicyEstimate mean_of(std::span<const double> values, double effective) const {
        return estimate(values, ones_, alpha_, effective);
    }
    // The mean of predictions varies with the contexts that came and with the rewards the model was
    // fitted on; how wrong the model's form is, nobody can tell from it.
    [[nodiscard]] PolicyEstimate modelled() const {
        const auto count = static_cast<double>(ones_.size());
        PolicyEstimate found = mean_of(predicted_, count);
        double variance = found.standard_error * found.standard_error;
        for (std::size_t i = 0; i < residuals_.size(); ++i) {
            const double moved = influence_[i] * residuals_[i];
            variance += moved * moved;
        }
        found.standard_error = std::sqrt(variance);
        found.ci.reset();
        if (!(found.standard_error > 0)) return found;
        const double half = student_upper_quantile(alpha_ / 2, count - 1) * found.standard_error;
        found.ci = {found.value - half, found.value + half};
        return found;
    }
    // The model, put right by the rows whose weight is not above the threshold.
    [[nodiscard]] PolicyEstimate corrected(double threshold) const {
        WeightSums kept;
        std::vector<double> values(predicted_.begin(), predicted_.end());
        for (std::size_t i = 0; i < values.size(); ++i) {
            if (weights_[i] > threshold) continue;
            kept.add(weights_[i]);
            values[i] += weights_[i] * residuals_[i];
        }
        return mean_of(values, kept.effective());
    }

    std::span<const double> weights_;
    std::span<const double> predicted_;
    std::span<const double> influence_;
    double alpha_;
    std::vector<double> ones_;
    std::vector<double> weighted_;
    std::vector<double> residuals_;
    double effective_ = 0;
    double switch_at_ = 0;
};

}  // namespace

Result<PolicyReport> PolicyLog::evaluate(const PolicyOptions& options) {
    ATTUNE_TRY_VOID(check(options, rows()));
    const auto count = static_cast<double>(rows());
    WeightSums weights;
    for (const double weight : weights_) weights.add(weight);
    if (weights.sum == 0)
        return fail(Code::invalid_argument,
                    "the target never chooses what was logged, so the log says nothing about it");
    features_.choose();
    ATTUNE_TRY(const auto predicted, RewardModel::cross_fit(*this));
    const Estimators estimators(weights_, rewards_, predicted, options);
    PolicyReport report{
        .rows = rows(),
        .logged = estimate(rewards_, std::vector<double>(rows(), 1.0), options.alpha, count),
        .estimators = estimators.all(),
        .effective_sample_size = weights.effective(),
        .weight_mean = weights.sum / count,
        .weight_max = weights.largest,
        .unseen_share = unseen_share(),
        .switch_at = std::min(estimators.switch_at(), weights.largest)};
    warn_of_weights(report, weights);
    if (!report.estimators.snips.ci)
        warn(report, "no_variation",
             "the rewards do not vary where the target would be, so there is no interval");
    return report;
}

}  // namespace attune::learn
