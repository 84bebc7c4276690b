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
    double control = 0;  // means
    double treatment = 0;
    double control_variance = 0;  // of a person's value
    double treatment_variance = 0;
    // The variances' elasticity: by how many percent they grow where the mean is one percent higher,
    // between variants and from sample to sample alike.
    double elasticity = 0;
};

// A relative effect on amounts multiplies them, so their deviation grows with the mean; that of counts
// grows as its root does (Poisson). An absolute effect moves everybody by as much.
double elasticity_of(const PowerPlan& plan) {
    if (!plan.relative) return 0;
    return plan.metric == Metric::mean ? 2 : 1;
}

double absolute_effect(const PowerPlan& plan, double effect) {
    return plan.relative ? effect * plan.baseline_mean : effect;
}

Expected expected_of(const PowerPlan& plan, double effect) {
    const double control = plan.baseline_mean;
    const double treatment = control + absolute_effect(plan, effect);
    if (plan.metric == Metric::proportion)
        return {control, treatment, control * (1 - control), treatment * (1 - treatment)};
    const double deviation = plan.baseline_deviation.value_or(0);
    const double variance = deviation * deviation;
    const double elasticity = elasticity_of(plan);
    const double grown = elasticity == 0 ? 1 : std::pow(treatment / control, elasticity);
    return {control, treatment, variance, variance * grown, elasticity};
}

// The interval leaves out zero when the difference D = t − c exceeds z·S, where S is the standard
// error times the baseline. S is estimated from the same means as D and moves with them (relative
// effects most: a low c makes the effect and its error large at once), so what counts is the spread of
// D − z·S, to first order in t and c. Taking S as fixed misses the true power by four points for a
// proportion of 10 % and a lift of 20 %.
struct Margin {
    double error = 0;      // S
    double deviation = 0;  // of D − z·S
};

Margin margin_of(const PowerPlan& plan, const Expected& expected, double control_people,
                 double treatment_people, double z) {
    const double c = expected.control;
    const double t = expected.treatment;
    const double v_c = expected.control_variance / control_people;
    const double v_t = expected.treatment_variance / treatment_people;
    const double q = plan.relative ? t / c : 1;
    const double error = std::sqrt(v_t + v_c * q * q);
    double squared_by_t = plan.relative ? 2 * v_c * q / c : 0;
    double squared_by_c = plan.relative ? -2 * v_c * q * q / c : 0;
    if (plan.metric == Metric::proportion) {
        squared_by_t += (1 - 2 * t) / treatment_people;
        squared_by_c += (1 - 2 * c) / control_people * q * q;
    } else if (expected.elasticity > 0) {
        squared_by_t += expected.elasticity * v_t / t;
        squared_by_c += expected.elasticity * v_c / c * q * q;
    }
    const double sign = t < c ? -1 : 1;
    const double by_t = sign - z * squared_by_t / (2 * error);
    const double by_c = -sign - z * squared_by_c / (2 * error);
    return {error, std::sqrt(by_t * by_t * v_t + by_c * by_c * v_c)};
}

double welch_degrees(const Expected& expected, double control_people, double treatment_people) {
    const double v_c = expected.control_variance / control_people;
    const double v_t = expected.treatment_variance / treatment_people;
    return (v_c + v_t) * (v_c + v_t) /
           (v_t * v_t / (treatment_people - 1) + v_c * v_c / (control_people - 1));
}

double power_of(const PowerPlan& plan, const Expected& expected, double control_people,
                double treatment_people) {
    const double difference = std::abs(expected.treatment - expected.control);
    const bool two_sided = plan.alternative.direction == Direction::two_sided;
    const double tail = two_sided ? plan.alpha / 2 : plan.alpha;
    const auto by_normal = [&](double z) {
        const Margin margin = margin_of(plan, expected, control_people, treatment_people, z);
        return normal_upper((z * margin.error - difference) / margin.deviation);
    };
    switch (plan.method) {
        case Method::sequential:
            return by_normal(sequential_critical(control_people + treatment_people, plan.alpha,
                                                 plan.tuning, two_sided));
        case Method::bayesian:
            return by_normal(normal_upper_quantile(tail));
        case Method::frequentist:
            break;
    }
    const double degrees = welch_degrees(expected, control_people, treatment_people);
    const double t = student_upper_quantile(tail, degrees);
    const Margin margin = margin_of(plan, expected, control_people, treatment_people, t);
    return noncentral_student_upper(t * margin.error / margin.deviation, degrees,
                                    difference / margin.deviation);
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
    if (plan.relative && !(effect > -1))
        return fail_field("/minimum_effect", "must be above -1, for nothing sinks below 0");
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
    // Nothing is left of a mean that fell by all of itself, not even a spread.
    if (plan.relative && sign < 0) limit = std::min(limit, 1 - 1e-9);
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
