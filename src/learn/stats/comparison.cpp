#include "learn/stats/comparison.h"

#include "learn/stats/arm.h"
#include "learn/stats/methods.h"

#include <cmath>

namespace attune::learn {

namespace {

constexpr std::array<std::string_view, 3> kDirections{"two-sided", "greater", "less"};

Result<void> check_request(const ComparisonRequest& request) {
    if (!(request.alpha > 0 && request.alpha < 1))
        return fail_field("/alpha", "must be between 0 and 1");
    if (request.method != Method::sequential) return {};
    const double tuning = request.tuning.value_or(kTuning);
    if (!(tuning > 0) || !std::isfinite(tuning)) return fail_field("/tuning", "must be above 0");
    if (request.alternative.direction != Direction::two_sided && request.alpha >= 0.5)
        return fail_field("/alpha", "must be below 0.5 for a one-sided sequential interval");
    return {};
}

// The relative effect's variance is the delta method's for the quotient of two independent means.
Result<Effect> effect_of(const Arms& arms, bool relative) {
    const Arm& control = arms.control;
    const Arm& treatment = arms.treatment;
    const double control_error = control.variance / control.n;
    const double treatment_error = treatment.variance / treatment.n;
    Effect effect{.estimate = treatment.mean - control.mean,
                  .people = control.n + treatment.n,
                  .control_mean = control.unadjusted_mean};
    const double sum = control_error + treatment_error;
    effect.degrees = sum * sum /
                     (treatment_error * treatment_error / (treatment.n - 1) +
                      control_error * control_error / (control.n - 1));
    double variance = sum;
    if (relative) {
        const double base = control.unadjusted_mean;
        if (base == 0)
            return fail_field("/control", "has a mean of 0; ask with \"relative\": false");
        // Divided by a negative number, what rises would be called a fall.
        if (base < 0)
            return fail_field("/control", "has a negative mean; ask with \"relative\": false");
        effect.estimate /= base;
        variance = (treatment_error + arms.relative_control_variance / control.n) / (base * base);
    }
    effect.standard_error = std::sqrt(variance);
    return effect;
}

Result<void> check_finite(const Comparison& answer) {
    bool finite = std::isfinite(answer.effect) && std::isfinite(answer.standard_error);
    for (const auto& end : answer.ci) finite = finite && std::isfinite(end.value_or(0));
    finite = finite && std::isfinite(answer.p_value.value_or(0)) &&
             std::isfinite(answer.chance_to_win.value_or(0));
    for (const double risk : answer.risk.value_or(std::array{0.0, 0.0}))
        finite = finite && std::isfinite(risk);
    if (!finite || answer.standard_error == 0)
        return fail_field("/control", "and /treatment hold sums too large or too small to compare");
    return {};
}

Result<Comparison> answer_of(const ComparisonRequest& request, const Arms& arms) {
    ATTUNE_TRY(const Effect effect, effect_of(arms, request.relative));
    ATTUNE_TRY(const Comparison answer, [&]() -> Result<Comparison> {
        switch (request.method) {
            case Method::frequentist:
                return frequentist(effect, request);
            case Method::sequential:
                return sequential(effect, request);
            case Method::bayesian:
                return bayesian(effect, request);
        }
        return fail_field("/method", "is not known");
    }());
    ATTUNE_TRY_VOID(check_finite(answer));
    return answer;
}

}  // namespace

std::string Alternative::to_text() const {
    return std::string(kDirections[static_cast<std::size_t>(direction)]);
}

std::optional<Alternative> Alternative::from_text(std::string_view text) {
    for (std::size_t i = 0; i < kDirections.size(); ++i)
        if (kDirections[i] == text) return Alternative{static_cast<Direction>(i)};
    return std::nullopt;
}

Result<Comparison> compare(const ComparisonRequest& request) {
    ATTUNE_TRY_VOID(check_request(request));
    if (request.metric == Metric::quantile) {
        ATTUNE_TRY(const Arms arms, arms_of_quantiles(request));
        return answer_of(request, arms);
    }
    ATTUNE_TRY(const SampleSums control, sums_of(request.control, request.metric, "/control"));
    ATTUNE_TRY(const SampleSums treatment,
               sums_of(request.treatment, request.metric, "/treatment"));
    // Of one side alone, the other would be adjusted by what it is not known to have been.
    const bool is_of_control = request.control.covariate_sum.has_value();
    if (is_of_control != request.treatment.covariate_sum.has_value())
        return fail_field(is_of_control ? "/treatment/covariate_sum" : "/control/covariate_sum",
                          "is required, for the other side has one");
    return compare(request, control, treatment, is_of_control);
}

Result<Comparison> compare(const ComparisonRequest& request, const SampleSums& control,
                           const SampleSums& treatment, bool adjusted) {
    ATTUNE_TRY_VOID(check_request(request));
    if (request.metric == Metric::quantile)
        return fail_field("/metric", "a quantile cannot be had from sums");
    ATTUNE_TRY(const Arms arms, arms_of_sums(request.metric, control, treatment, adjusted));
    return answer_of(request, arms);
}

}  // namespace attune::learn
