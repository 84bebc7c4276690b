// Planning: how many people an experiment needs before it is likely to see the effect that it is
// for, how likely it is to see one with the people it has, and the smallest it would likely see.
//
//     PowerPlan plan{.metric = Metric::proportion, .baseline_mean = 0.10, .minimum_effect = 0.05};
//     people_needed(plan)->control          // 59,165, and as many for the treatment
//
// The calculation is that of the test which will be run (comparison.h): the noncentral t of Welch's
// statistic, or the sequential interval's width. A sequential experiment that is looked at often can
// only find the effect earlier than planned, never less likely. That the error of a relative effect is
// estimated from the same means as the effect counts, too. Simulated (learn/trials), plans for 80 % hold
// within 3 points.
//
// The treatment's spread is taken from the effect: of a proportion p(1 − p); a relative effect on a
// mean multiplies everybody's value and so the deviation, one on a ratio of counts its variance; an
// absolute effect leaves it as it is.
//
// Pure functions, any thread; a plan that can never work is invalid_argument naming the member.
#pragma once

#include "base/result.h"
#include "learn/stats/comparison.h"

#include <cstdint>

namespace attune::learn {

struct PowerPlan {
    Metric metric = Metric::mean;         // mean, proportion or ratio
    Method method = Method::frequentist;  // Bayesian: as frequentist, with normal tails
    bool relative = true;                 // minimum_effect is a share of baseline_mean
    Alternative alternative;
    double alpha = 0.05;
    double power = 0.8;
    double tuning = 5'000;  // sequential
    double baseline_mean = 0;
    // Of a person's value; that of a proportion follows from its mean. Of a ratio: of
    // (value − ratio·denominator) / mean denominator.
    std::optional<double> baseline_deviation;
    double minimum_effect = 0;     // not 0
    double treatment_share = 0.5;  // of the two variants' people
};
BOOST_DESCRIBE_STRUCT(PowerPlan, (),
                      (metric, method, relative, alternative, alpha, power, tuning, baseline_mean,
                       baseline_deviation, minimum_effect, treatment_share))

struct PeopleNeeded {
    std::uint64_t control = 0;
    std::uint64_t treatment = 0;
};
BOOST_DESCRIBE_STRUCT(PeopleNeeded, (), (control, treatment))

// The fewest people with which the power is reached. Fails when more than 2^50 would be needed.
[[nodiscard]] Result<PeopleNeeded> people_needed(const PowerPlan& plan);
// The chance that the interval leaves out zero on the effect's side. `plan.power` is not looked at.
[[nodiscard]] Result<double> power_with(const PowerPlan& plan, const PeopleNeeded& people);
// The smallest effect of minimum_effect's sign that has plan.power with these people.
[[nodiscard]] Result<double> detectable_effect(const PowerPlan& plan, const PeopleNeeded& people);

}  // namespace attune::learn

template <>
struct attune::base::Fields<attune::learn::PowerPlan> {
    static constexpr FieldRule rules[] = {
        {.name = "metric", .optional = true},   {.name = "method", .optional = true},
        {.name = "relative", .optional = true}, {.name = "alternative", .optional = true},
        {.name = "alpha", .optional = true},    {.name = "power", .optional = true},
        {.name = "tuning", .optional = true},   {.name = "treatment_share", .optional = true}};
};
