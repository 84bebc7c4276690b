// Asymptotic confidence sequences (arXiv:2103.06476v7). After N people, with V = N·ρ² + 1:
//
//     two-sided   σ̂·√( 2V/(N²ρ²) · ln(√V / α) )              equation 9
//     one-sided   σ̂·√( 2V/(N²ρ²) · ln(1 + √V / (2α)) )       proposition on one-sided sequences
//
// where σ̂/√N is the standard error. ρ decides when the interval is tightest; for N = `tuning`
// people it is ρ² = (−2 ln α + ln(1 − 2 ln α)) / tuning (equation 161), with 2α for one side.
// The p-value is the smallest α, with ρ kept, whose interval leaves out zero.
#include "learn/stats/methods.h"

#include <algorithm>
#include <cmath>

namespace attune::learn {

namespace {

// One-sided sequences exist for α < 1/2 only. What no such α would reject is reported at this end,
// as the reference does.
constexpr double kOneSidedMax = 0.4999;

double rho_squared(double alpha, double tuning, bool two_sided) {
    const double log_alpha = std::log(two_sided ? alpha : 2 * alpha);
    return (-2 * log_alpha + std::log1p(-2 * log_alpha)) / tuning;
}

double p_value_of(const Effect& effect, const ComparisonRequest& request) {
    const Direction direction = request.alternative.direction;
    const bool two_sided = direction == Direction::two_sided;
    const double information =
        effect.people * rho_squared(request.alpha, request.tuning.value_or(kTuning), two_sided);
    const double v = information + 1;
    const double z = effect.estimate / effect.standard_error;
    // The half width equals |effect| where the logarithm is this.
    const double exponent = z * z * information / (2 * v);
    if (two_sided) return std::min(1.0, std::sqrt(v) * std::exp(-exponent));
    const bool right_side = direction == Direction::greater ? z > 0 : z < 0;
    if (!right_side) return kOneSidedMax;
    return std::min(kOneSidedMax, std::sqrt(v) / (2 * std::expm1(exponent)));
}

}  // namespace

double sequential_critical(double people, double alpha, double tuning, bool two_sided) {
    const double information = people * rho_squared(alpha, tuning, two_sided);
    const double v = information + 1;
    const double logarithm =
        two_sided ? std::log(std::sqrt(v) / alpha) : std::log1p(std::sqrt(v) / (2 * alpha));
    return std::sqrt(2 * v / information * logarithm);
}

Comparison sequential(const Effect& effect, const ComparisonRequest& request) {
    const Direction direction = request.alternative.direction;
    const double half =
        effect.standard_error * sequential_critical(effect.people, request.alpha,
                                                    request.tuning.value_or(kTuning),
                                                    direction == Direction::two_sided);
    Comparison answer{.effect = effect.estimate, .standard_error = effect.standard_error};
    if (direction != Direction::less) answer.ci[0] = effect.estimate - half;
    if (direction != Direction::greater) answer.ci[1] = effect.estimate + half;
    answer.p_value = p_value_of(effect, request);
    return answer;
}

Comparison change_of_effect(const ComparisonRequest& request, const Comparison& first,
                            const Comparison& second, double people) {
    return sequential({.estimate = second.effect - first.effect,
                       .standard_error = std::hypot(first.standard_error, second.standard_error),
                       .people = people},
                      request);
}

}  // namespace attune::learn
