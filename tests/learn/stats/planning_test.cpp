#include "learn/stats/multiple_testing.h"
#include "learn/stats/power.h"
#include "learn/stats/sample_ratio.h"
#include "learn/stats/winsorize.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cmath>

namespace attune::learn {
namespace {

PowerPlan unit_plan() { return {.relative = false, .baseline_deviation = 1, .minimum_effect = 1}; }

// R 4.2: power.t.test(n = 20, delta = 1, sd = 1) answers 0.8689528 and power.t.test(power = .90,
// delta = 1) n = 22.02110, the examples of its manual page. In full from SciPy's nct.sf.
TEST(Power, AgreesWithR) {
    PowerPlan plan = unit_plan();
    EXPECT_NEAR(*power_with(plan, {20, 20}), 0.8689528016921269, 1e-9);
    plan.power = 0.9;
    EXPECT_EQ(people_needed(plan)->control, 23);
    EXPECT_EQ(people_needed(plan)->treatment, 23);
    plan.power = 0.8997;
    EXPECT_EQ(people_needed(plan)->control, 22);
}

TEST(Power, NeededPeopleAndDetectableEffectUndoEachOther) {
    for (const auto method : {Method::frequentist, Method::sequential, Method::bayesian}) {
        for (const double share : {0.5, 0.1}) {
            PowerPlan plan{.metric = Metric::proportion,
                           .method = method,
                           .baseline_mean = 0.1,
                           .minimum_effect = -0.05,
                           .treatment_share = share};
            const auto people = people_needed(plan);
            ASSERT_TRUE(people) << people.error().message;
            EXPECT_NEAR(*power_with(plan, *people), 0.8, 1e-4);
            EXPECT_NEAR(*detectable_effect(plan, *people), -0.05, 1e-5);
        }
    }
}

TEST(Power, AFallToNothingIsTheMostThatCanBeDetected) {
    PowerPlan plan{.baseline_mean = 5, .baseline_deviation = 5, .minimum_effect = -0.1};
    EXPECT_LT(*detectable_effect(plan, {10, 10}), -0.5);
    EXPECT_GE(*detectable_effect(plan, {10, 10}), -1);
    plan.minimum_effect = -1;
    EXPECT_FALSE(people_needed(plan));
}

TEST(Power, PeekingCostsPeople) {
    PowerPlan plan{.metric = Metric::proportion, .baseline_mean = 0.1, .minimum_effect = 0.05};
    const auto fixed = people_needed(plan)->control;
    plan.method = Method::sequential;
    plan.tuning = 100'000;
    const auto always = people_needed(plan)->control;
    EXPECT_GT(always, fixed);
    EXPECT_LT(always, 3 * fixed);
}

TEST(Power, RefusesPlansThatCannotWork) {
    const auto wrong = [](auto change) {
        PowerPlan plan{.metric = Metric::proportion, .baseline_mean = 0.1, .minimum_effect = 0.05};
        change(plan);
        const auto people = people_needed(plan);
        return people ? "answered" : people.error().fields[0].pointer;
    };
    EXPECT_EQ(wrong([](PowerPlan&) {}), "answered");
    EXPECT_EQ(wrong([](PowerPlan& p) { p.baseline_mean = 0; }), "/baseline_mean");
    EXPECT_EQ(wrong([](PowerPlan& p) { p.baseline_mean = NAN; }), "/baseline_mean");
    EXPECT_EQ(wrong([](PowerPlan& p) { p.metric = Metric::mean; }), "/baseline_deviation");
    EXPECT_EQ(wrong([](PowerPlan& p) { p.minimum_effect = 0; }), "/minimum_effect");
    EXPECT_EQ(wrong([](PowerPlan& p) { p.minimum_effect = 10; }), "/minimum_effect");
    EXPECT_EQ(wrong([](PowerPlan& p) { p.minimum_effect = 1e-12; }), "/minimum_effect");
    EXPECT_EQ(wrong([](PowerPlan& p) { p.power = 1; }), "/power");
    EXPECT_EQ(wrong([](PowerPlan& p) { p.alpha = 0; }), "/alpha");
    EXPECT_EQ(wrong([](PowerPlan& p) { p.treatment_share = 1; }), "/treatment_share");
    EXPECT_EQ(wrong([](PowerPlan& p) { p.alternative.direction = Direction::less; }),
              "/minimum_effect");
    EXPECT_FALSE(detectable_effect(
        {.metric = Metric::proportion, .baseline_mean = 0.9, .minimum_effect = 0.01}, {5, 5}));
}

// scipy.stats.chisquare([50000, 51000], [50500, 50500]) and ([310, 190, 480], [294, 196, 490]).
TEST(SampleRatio, AgreesWithSciPy) {
    const auto two =
        check_sample_ratio(std::vector<std::uint64_t>{50'000, 51'000}, std::vector{1.0, 1.0});
    EXPECT_NEAR(two->chi_square, 9.900990099009901, 1e-12);
    EXPECT_NEAR(two->p_value, 0.001651898732357361, 1e-14);
    const auto three = check_sample_ratio(std::vector<std::uint64_t>{310, 190, 0, 480},
                                          std::vector{0.3, 0.2, 0.0, 0.5});
    EXPECT_EQ(three->degrees, 2);
    EXPECT_NEAR(three->p_value, 0.5329904882393719, 1e-12);
}

TEST(SampleRatio, RefusesWhatCannotBeCompared) {
    using Counts = std::vector<std::uint64_t>;
    using Weights = std::vector<double>;
    EXPECT_FALSE(check_sample_ratio(Counts{1}, Weights{1}));
    EXPECT_FALSE(check_sample_ratio(Counts{1, 2}, Weights{1}));
    EXPECT_FALSE(check_sample_ratio(Counts{1, 2}, Weights{1, -1}));
    EXPECT_FALSE(check_sample_ratio(Counts{1, 2}, Weights{1, NAN}));
    EXPECT_FALSE(check_sample_ratio(Counts{1, 2, 3}, Weights{1, 1, 0}));
    EXPECT_EQ(check_sample_ratio(Counts{0, 0}, Weights{1, 1})->p_value, 1);
}

// R 4.2: p.adjust(c(.005, .009, .019, .022, .051, .101, .361, .387), "holm") and "BH", the latter
// also scipy.stats.false_discovery_control.
TEST(MultipleTesting, AgreesWithRAndSciPy) {
    const std::vector p{.051, .009, .019, .387, .022, .101, .361, .005};
    const std::vector by_holm{.204, .063, .114, .722, .114, .303, .722, .04};
    const std::vector by_share{.0816, .036, .044, .387, .044, .13466666666666666, .387, .036};
    const auto held = holm(p);
    const auto shared = benjamini_hochberg(p);
    for (std::size_t i = 0; i < p.size(); ++i) {
        EXPECT_NEAR((*held)[i], by_holm[i], 1e-12) << i;
        EXPECT_NEAR((*shared)[i], by_share[i], 1e-12) << i;
    }
    EXPECT_TRUE(holm({})->empty());
    EXPECT_EQ(holm(std::vector{0.5, 1.5}).error().fields[0].pointer, "/p_values/1");
    EXPECT_FALSE(benjamini_hochberg(std::vector<double>{NAN}));
}

TEST(MultipleTesting, WhatHolmClaimsBenjaminiAndHochbergClaimToo) {
    EXPECT_TRUE(rc::check([] {
        const auto numbers = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 1'001));
        std::vector<double> p;
        for (const int number : numbers) p.push_back(number / 1'000.0);
        const auto held = holm(p);
        const auto shared = benjamini_hochberg(p);
        for (std::size_t i = 0; i < p.size(); ++i) {
            RC_ASSERT((*held)[i] >= (*shared)[i] - 1e-15);
            RC_ASSERT((*shared)[i] >= p[i] - 1e-15);
            RC_ASSERT((*held)[i] <= 1);
            for (std::size_t j = 0; j < p.size(); ++j)
                if (p[i] <= p[j]) RC_ASSERT((*held)[i] <= (*held)[j]);
        }
    }));
}

// scipy.stats.mstats.winsorize([92, 19, 101, 58, 1053, 91, 26, 78, 10, 13], limits=[.1, .2]): the
// lowest becomes 13, the two highest become 92.
TEST(Winsorize, CapsAsManyAsSciPyDoes) {
    const std::vector<double> values{92, 19, 101, 58, 1053, 91, 26, 78, 10, 13};
    const auto limits = winsor_limits(values, {.lower_share = 0.1, .upper_share = 0.2});
    EXPECT_EQ(limits->low, 13);
    EXPECT_EQ(limits->high, 92);
    EXPECT_EQ(limits->apply(1053), 92);
    EXPECT_EQ(limits->apply(10), 13);
    EXPECT_EQ(limits->apply(58), 58);
}

TEST(Winsorize, CanLeaveOutThoseWhoDidNothing) {
    const std::vector<double> values{0, 0, 0, 0, 0, 0, 1, 2, 3, 100};
    EXPECT_EQ(winsor_limits(values, {.upper_share = 0.1})->high, 3);
    EXPECT_EQ(winsor_limits(values, {.upper_share = 0.5, .ignore_zeros = true})->high, 2);
    EXPECT_EQ(*winsor_limits({}, {.upper_share = 0.5}), WinsorLimits{});
    EXPECT_FALSE(winsor_limits(values, {.lower_share = 0.5, .upper_share = 0.5}));
    EXPECT_FALSE(winsor_limits(values, {.lower_share = -0.1}));
    EXPECT_FALSE(winsor_limits(std::vector<double>{INFINITY}, {}));
}

}  // namespace
}  // namespace attune::learn
