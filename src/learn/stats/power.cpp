#include "learn/stats/power.h"

#include "learn/stats/distributions.h"
#include "learn/stats/methods.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace attune::learn {

namespace {

constexpr double kPeopleMax = 0x1p50;
constexpr int kBisections = 200;  // far more than a double has bits

// What the plan says of the two variants, before it is known how many people there are.
struct Expected {
    double effect = 0;
    double control_variance = 0;  // contributed to the effect's variance by one person
    double treatment_variance = 0;
};

double absolute_effect(const PowerPlan& plan, double effect) {
    return plan.relative ? effect * plan.baseline_mean : effect;
}

Expected expected_of(const PowerPlan& plan, double effect) {
    const double base = plan.baseline_mean;
    const double after = base + absolute_effect(plan, effect);
    double control = plan.baseline_deviation.value_or(0) * plan.baseline_deviation.value_or(0);
    double treatment = control;
    if (plan.metric == Metric::proportion) {
        control = base * (1 - base);
        treatment = after * (1 - after);
    }
    if (!plan.relative) return {effect, control, treatment};
    const double quotient = after / base;
    return {effect, control * quotient * quotient / (base * base), treatment / (base * base)};
}

double power_of(const PowerPlan& plan, const Expected& expected, double control, double treatment) {
    const double control_error = expected.control_variance / control;
    const double treatment_error = expected.treatment_variance / treatment;
    const double variance = control_error + treatment_error;
    const double shift = std::abs(expected.effect) / std::sqrt(variance);
    const bool two_sided = plan.alternative.direction == Direction::two_sided;
    const double tail = two_sided ? plan.alpha / 2 : plan.alpha;
    switch (plan.method) {
        case Method::sequential:
            return normal_upper(
                sequential_critical(control + treatment, plan.alpha, plan.tuning, two_sided) -
                shift);
        case Method::bayesian:
            return normal_upper(normal_upper_quantile(tail) - shift);
        case Method::frequentist:
            break;
    }
    const double degrees = variance * variance /
                           (treatment_error * treatment_error / (treatment - 1) +
                            control_error * control_error / (control - 1));
    const double critical = student_upper_quantile(tail, degrees);
    return noncentral_student_upper(critical, degrees, shift);
}

Result<void> check_spread(const PowerPlan& plan) {
    const double base = plan.baseline_mean;
    if (plan.metric == Metric::proportion) {
        if (!(base > 0 && base < 1))
            return fail_field("/baseline_mean", "must be between 0 and 1 for a proportion");
        return {};
    }
    if (!plan.baseline_deviation) return fail_field("/baseline_deviation", "is required");
    if (!(*plan.baseline_deviation > 0) || !std::isfinite(*plan.baseline_deviation))
        return fail_field("/baseline_deviation", "must be above 0");
    return {};
}

Result<void> check(const PowerPlan& plan) {
    if (plan.metric == Metric::quantile)
        return fail_field("/metric", "must be mean, proportion or ratio");
    if (!(plan.alpha > 0 && plan.alpha < 0.5))
        return fail_field("/alpha", "must be between 0 and 0.5");
    if (!(plan.power > plan.alpha && plan.power < 1))
        return fail_field("/power", "must be between alpha and 1");
    if (!(plan.treatment_share > 0 && plan.treatment_share < 1))
        return fail_field("/treatment_share", "must be between 0 and 1");
    if (!(plan.tuning > 0) || !std::isfinite(plan.tuning))
        return fail_field("/tuning", "must be above 0");
    if (!std::isfinite(plan.baseline_mean) || (plan.relative && !(plan.baseline_mean > 0)))
        return fail_field("/baseline_mean", "must be above 0 for a relative effect");
    ATTUNE_TRY_VOID(check_spread(plan));
    const double effect = plan.minimum_effect;
    if (!std::isfinite(effect) || effect == 0)
        return fail_field("/minimum_effect", "must not be 0");
    const Direction direction = plan.alternative.direction;
    if ((direction == Direction::greater && effect < 0) ||
        (direction == Direction::less && effect > 0))
        return fail_field("/minimum_effect", "must have the sign that the alternative asks for");
    const double after = plan.baseline_mean + absolute_effect(plan, effect);
    if (plan.metric == Metric::proportion && !(after >= 0 && after <= 1))
        return fail_field("/minimum_effect", "takes the proportion out of 0 to 1");
    return {};
}

Result<void> check(const PeopleNeeded& people) {
    if (people.control < 2) return fail_field("/control", "must be at least 2");
    if (people.treatment < 2) return fail_field("/treatment", "must be at least 2");
    return {};
}

PeopleNeeded split(const PowerPlan& plan, double people) {
    const auto part = [&](double share) {
        return static_cast<std::uint64_t>(std::max(2.0, std::ceil(people * share)));
    };
    return {part(1 - plan.treatment_share), part(plan.treatment_share)};
}

double power_of(const PowerPlan& plan, const Expected& expected, const PeopleNeeded& people) {
    return power_of(plan, expected, static_cast<double>(people.control),
                    static_cast<double>(people.treatment));
}

}  // namespace

Result<PeopleNeeded> people_needed(const PowerPlan& plan) {
    ATTUNE_TRY_VOID(check(plan));
    const Expected expected = expected_of(plan, plan.minimum_effect);
    const auto enough = [&](double people) {
        return power_of(plan, expected, split(plan, people)) >= plan.power;
    };
    double high = 4;
    while (!enough(high)) {
        high *= 2;
        if (high > kPeopleMax)
            return fail_field("/minimum_effect", "is too small to be seen by any experiment");
    }
    double low = high / 2;
    while (high - low > 1) {
        const double middle = std::floor((low + high) / 2);
        (enough(middle) ? high : low) = middle;
    }
    return split(plan, high);
}

Result<double> power_with(const PowerPlan& plan, const PeopleNeeded& people) {
    ATTUNE_TRY_VOID(check(plan));
    ATTUNE_TRY_VOID(check(people));
    return power_of(plan, expected_of(plan, plan.minimum_effect), people);
}

Result<double> detectable_effect(const PowerPlan& plan, const PeopleNeeded& people) {
    ATTUNE_TRY_VOID(check(plan));
    ATTUNE_TRY_VOID(check(people));
    const double sign = plan.minimum_effect < 0 ? -1 : 1;
    // Bounded by what a proportion can rise or fall by; else by what is surely seen.
    double limit = std::numeric_limits<double>::infinity();
    if (plan.metric == Metric::proportion) {
        const double room = sign < 0 ? plan.baseline_mean : 1 - plan.baseline_mean;
        limit = plan.relative ? room / plan.baseline_mean : room;
    }
    const auto enough = [&](double size) {
        return power_of(plan, expected_of(plan, sign * size), people) >= plan.power;
    };
    double high = std::min(limit, std::abs(plan.minimum_effect));
    while (!enough(high)) {
        if (high >= limit || high > 1e100)
            return fail_field("/people", "are too few to see any effect that is possible");
        high = std::min(limit, high * 2);
    }
    double low = 0;
    for (int i = 0; i < kBisections; ++i) {
        const double middle = std::midpoint(low, high);
        if (middle <= low || middle >= high) break;
        (enough(middle) ? high : low) = middle;
    }
    return sign * high;
}

}  // namespace attune::learn
