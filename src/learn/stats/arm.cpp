#include "learn/stats/arm.h"

#include "learn/stats/distributions.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace attune::learn {

namespace {

using Vector = std::array<double, kVariables>;

constexpr std::array<Variable, kVariables> kAll{
    Variable::value, Variable::denominator, Variable::covariate, Variable::covariate_denominator};

// The quantity that is compared, written as f(means); its gradient turns the covariance matrix of
// the variables into the variance of f (delta method). For a plain mean or CUPED f is linear and
// this is exact; for ratios it holds for large samples.
//     mean   m            (1, 0, 0, 0)
//     ratio  m/d          (1/d, −m/d², 0, 0)
//     CUPED  f − θ·f_pre  the same again for the covariate, times −θ
Vector gradient_of(const SampleSums& sums, bool ratio, Variable top, Variable bottom,
                   double factor) {
    Vector gradient{};
    const auto at = [&](Variable v) -> double& { return gradient[static_cast<std::size_t>(v)]; };
    if (ratio) {
        const double d = sums.mean(bottom);
        at(top) = factor / d;
        at(bottom) = -factor * sums.mean(top) / (d * d);
    } else {
        at(top) = factor;
    }
    return gradient;
}

// left' Λ right, where Λ is the covariance of the variables; 0 when within rounding of it.
double quadratic_form(const SampleSums& sums, const Vector& left, const Vector& right,
                      double divisor) {
    double total = 0;
    double magnitude = 0;
    for (const Variable a : kAll) {
        for (const Variable b : kAll) {
            const double weight =
                left[static_cast<std::size_t>(a)] * right[static_cast<std::size_t>(b)];
            if (weight == 0) continue;
            const double term = weight * sums.covariance(a, b, divisor);
            total += term;
            magnitude += std::abs(term);
        }
    }
    const double noise = 64 * std::numeric_limits<double>::epsilon() * magnitude;
    return std::abs(total) <= noise ? 0 : total;
}

struct Side {
    const SampleSums& sums;
    bool ratio;
    double divisor;

    Side(const SampleSums& from, Metric metric)
        : sums(from),
          ratio(metric == Metric::ratio),
          // A proportion's variance is p(1 − p), by its own formula.
          divisor(static_cast<double>(from.n()) - (metric == Metric::proportion ? 0 : 1)) {}

    [[nodiscard]] double level(Variable top, Variable bottom) const {
        return ratio ? sums.sum(top) / sums.sum(bottom) : sums.mean(top);
    }
    [[nodiscard]] Vector after(double factor) const {
        return gradient_of(sums, ratio, Variable::value, Variable::denominator, factor);
    }
    [[nodiscard]] Vector before(double factor) const {
        return gradient_of(sums, ratio, Variable::covariate, Variable::covariate_denominator,
                           factor);
    }
    [[nodiscard]] double covariance(const Vector& left, const Vector& right) const {
        return quadratic_form(sums, left, right, divisor);
    }
};

// How much of the difference before the experiment is expected to be seen again after it. One
// coefficient for both variants, or the adjustment itself would differ between them. Of means it is
// the regression over all people together; of ratios, where people cannot simply be pooled, the
// variants' covariances are added up.
double theta_of(Metric metric, const Side& control, const Side& treatment) {
    if (metric == Metric::ratio) {
        const double covariance = control.covariance(control.before(1), control.after(1)) +
                                  treatment.covariance(treatment.before(1), treatment.after(1));
        const double variance = control.covariance(control.before(1), control.before(1)) +
                                treatment.covariance(treatment.before(1), treatment.before(1));
        return variance > 0 ? covariance / variance : 0;
    }
    SampleSums all = control.sums;
    all += treatment.sums;
    const Side joint(all, metric);
    const double variance = joint.covariance(joint.before(1), joint.before(1));
    const bool varies = joint.covariance(joint.after(1), joint.after(1)) > 0;
    return variance > 0 && varies ? joint.covariance(joint.before(1), joint.after(1)) / variance
                                  : 0;
}

// Of one person's weight·metric − θ·covariate.
double variance_of(const Side& side, double weight, double theta) {
    Vector gradient = side.after(weight);
    if (theta != 0) {
        const Vector before = side.before(-theta);
        for (std::size_t i = 0; i < kVariables; ++i) gradient[i] += before[i];
    }
    return side.covariance(gradient, gradient);
}

Arm arm_of(const Side& side, double theta) {
    Arm arm{.n = static_cast<double>(side.sums.n()),
            .unadjusted_mean = side.level(Variable::value, Variable::denominator),
            .variance = variance_of(side, 1, theta)};
    arm.mean = arm.unadjusted_mean;
    if (theta != 0)
        arm.mean -= theta * side.level(Variable::covariate, Variable::covariate_denominator);
    return arm;
}

Result<void> check_sums(const SampleSums& sums, Metric metric, bool adjusted, const char* where) {
    const std::string at = where;
    if (sums.n() < 2) return fail_field(at + "/n", "must be at least 2");
    for (const Variable a : kAll) {
        bool finite = std::isfinite(sums.sum(a));
        for (const Variable b : kAll) finite = finite && std::isfinite(sums.product(a, b));
        if (!finite) return fail_field(at, "holds a sum that is no finite number");
    }
    const auto n = static_cast<double>(sums.n());
    const double sum = sums.sum(Variable::value);
    if (metric == Metric::proportion && (sum < 0 || sum > n))
        return fail_field(at + "/sum", "must lie between 0 and n for a proportion");
    if (metric == Metric::ratio && sums.sum(Variable::denominator) == 0)
        return fail_field(at + "/denominator_sum", "must not be 0");
    if (metric == Metric::ratio && adjusted && sums.sum(Variable::covariate_denominator) == 0)
        return fail_field(at + "/covariate_denominator_sum", "must not be 0");
    constexpr std::array kSquares{"/sum_squares", "/denominator_sum_squares",
                                  "/covariate_sum_squares", "/covariate_denominator_sum_squares"};
    for (const Variable v : kAll)
        if (sums.covariance(v, v, n) < 0)
            return fail_field(at + kSquares[static_cast<std::size_t>(v)],
                              "is less than the sum squared over n, which no values can have");
    return {};
}

Result<void> check_arm(const Arm& arm, const char* where) {
    if (!std::isfinite(arm.mean) || !std::isfinite(arm.variance))
        return fail_field(where, "holds sums too large to compute with");
    if (arm.variance < 0)
        return fail_field(where, "has a cross sum that contradicts its sums of squares");
    if (arm.variance == 0)
        return fail_field(where, "has no variance, so nothing can be said about chance");
    return {};
}

}  // namespace

Result<Arms> arms_of_sums(Metric metric, const SampleSums& control, const SampleSums& treatment,
                          bool adjusted) {
    ATTUNE_TRY_VOID(check_sums(control, metric, adjusted, "/control"));
    ATTUNE_TRY_VOID(check_sums(treatment, metric, adjusted, "/treatment"));
    const Side left(control, metric);
    const Side right(treatment, metric);
    const double theta = adjusted ? theta_of(metric, left, right) : 0;
    Arms arms{.control = arm_of(left, theta), .treatment = arm_of(right, theta)};
    ATTUNE_TRY_VOID(check_arm(arms.control, "/control"));
    ATTUNE_TRY_VOID(check_arm(arms.treatment, "/treatment"));
    if (const double base = arms.control.unadjusted_mean; base != 0) {
        // Treatment over control. Adjusted or not, it estimates the same; which of the two is taken
        // where follows the reference, so that numbers agree with it to the last digit.
        const double quotient = metric == Metric::ratio
                                    ? 1 + (arms.treatment.mean - arms.control.mean) / base
                                    : arms.treatment.unadjusted_mean / base;
        arms.relative_control_variance = variance_of(left, quotient, theta);
    }
    return arms;
}

namespace {

// The sample's quantiles at the ranks ν ± z·√(ν(1−ν)/n) lie 2z standard errors apart, whatever the
// distribution, so its density need not be estimated.
Result<Arm> arm_of_quantile(const Sample& sample, double level, const char* where) {
    const std::string at = where;
    if (!sample.quantile) return fail_field(at + "/quantile", "is required");
    if (!sample.quantile_lower) return fail_field(at + "/quantile_lower", "is required");
    if (!sample.quantile_upper) return fail_field(at + "/quantile_upper", "is required");
    const double z = normal_upper_quantile(0.025);
    const auto n = static_cast<double>(sample.n);
    // Fewer, and an end of the interval for the rank would lie beyond the smallest or largest value.
    const double needed = z * z * std::max(level / (1 - level), (1 - level) / level);
    if (sample.n < 2 || n <= needed)
        return fail_field(at + "/n", "must be more than " +
                                         std::to_string(static_cast<long long>(needed)) +
                                         " for a quantile this extreme");
    if (!(*sample.quantile_upper > *sample.quantile_lower))
        return fail_field(at + "/quantile_upper", "must be above quantile_lower");
    if (*sample.quantile < *sample.quantile_lower || *sample.quantile > *sample.quantile_upper)
        return fail_field(at + "/quantile", "lies outside of quantile_lower and quantile_upper");
    const double error = (*sample.quantile_upper - *sample.quantile_lower) / (2 * z);
    const double n_star = sample.n_star ? static_cast<double>(*sample.n_star) : n;
    Arm arm{.n = n,
            .mean = *sample.quantile,
            .unadjusted_mean = *sample.quantile,
            .variance = n_star / n * (n - 1) * error * error};
    ATTUNE_TRY_VOID(check_arm(arm, where));
    return arm;
}

}  // namespace

Result<Arms> arms_of_quantiles(const ComparisonRequest& request) {
    if (!request.quantile_level) return fail_field("/quantile_level", "is required for a quantile");
    const double level = *request.quantile_level;
    if (!(level > 0 && level < 1)) return fail_field("/quantile_level", "must be between 0 and 1");
    ATTUNE_TRY(const Arm control, arm_of_quantile(request.control, level, "/control"));
    ATTUNE_TRY(const Arm treatment, arm_of_quantile(request.treatment, level, "/treatment"));
    const double quotient = control.mean == 0 ? 0 : treatment.mean / control.mean;
    return Arms{control, treatment, control.variance * quotient * quotient};
}

namespace {

constexpr double kPeople = 100;
constexpr double kContributions = 25;
constexpr double kAnyShape = 5'000;

bool has_contributions(Metric metric, const SampleSums& sums, double least) {
    const auto n = static_cast<double>(sums.n());
    const double sum = sums.sum(Variable::value);
    if (metric == Metric::proportion) return sum >= least && n - sum >= least;
    // (Σx)²/Σx²: the number of people when all give alike, 1 when one gives everything. Values that
    // cancel out have few by this measure, and are shown when people are many.
    return sum * sum >= least * sums.product(Variable::value, Variable::value);
}

}  // namespace

bool is_enough_to_watch(Metric metric, const SampleSums& sums) {
    const auto n = static_cast<double>(sums.n());
    if (metric != Metric::proportion && n >= kAnyShape) return true;
    return (metric == Metric::proportion || n >= kPeople) &&
           has_contributions(metric, sums, kContributions);
}

bool is_enough_to_compare(Metric metric, const SampleSums& control, const SampleSums& treatment) {
    if (is_enough_to_watch(metric, control) && is_enough_to_watch(metric, treatment)) return true;
    const auto fewest = static_cast<double>(std::min(control.n(), treatment.n()));
    SampleSums both = control;
    both += treatment;
    return fewest >= kPeople && has_contributions(metric, both, 2 * kContributions);
}

}  // namespace attune::learn
