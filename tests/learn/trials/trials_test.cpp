// The small size of bench/trials_bench.cpp, which has the figures of 10,000 runs.
#include "learn/trials/trials.h"

#include <gtest/gtest.h>

#include <cmath>

namespace attune::learn {
namespace {

TrialOutcome outcome_of(const TrialOptions& options) {
    const auto outcome = run_trials(options);
    EXPECT_TRUE(outcome) << outcome.error().message;
    return outcome.value_or(TrialOutcome{});
}

// A/A tests looked at after every 1 % of the traffic: the claim is that at most 5 % are ever wrong. It is
// 1 to 4 % in the long run; 500 runs tell that from 5.
TEST(Trials, PeekingAtAlwaysValidIntervalsKeepsTheirPromise) {
    for (const Metric metric : {Metric::proportion, Metric::mean, Metric::ratio}) {
        for (const bool adjusted : {false, true}) {
            const auto outcome = outcome_of({.metric = metric,
                                             .method = Method::sequential,
                                             .adjusted = adjusted,
                                             .people = 2'000,
                                             .runs = 500});
            EXPECT_LE(outcome.ever_wrong, 0.05) << static_cast<int>(metric) << adjusted;
            EXPECT_EQ(outcome.ever_wrong, outcome.ever_claimed);
        }
    }
}

TEST(Trials, PeekingAtFixedIntervalsBreaksTheirs) {
    const auto outcome = outcome_of({.people = 2'000});
    EXPECT_GT(outcome.ever_claimed, 0.15);
}

TEST(Trials, FixedIntervalsLookedAtOnceCover) {
    for (const double lift : {0.0, 0.2}) {
        const auto outcome = outcome_of({.lift = lift, .people = 2'000, .looks = 1, .runs = 1'000});
        EXPECT_NEAR(outcome.last_wrong, 0.05, 0.02);
    }
}

TEST(Trials, PowerIsWhatWasPlanned) {
    for (const Metric metric : {Metric::proportion, Metric::mean, Metric::ratio}) {
        TrialOptions options{.metric = metric, .lift = 0.3, .looks = 1, .runs = 400};
        const auto people = people_needed(plan_of(options));
        ASSERT_TRUE(people) << people.error().message;
        options.people = people->control + people->treatment;
        // 0.8 within 3 points, and twice the error of 400 runs.
        EXPECT_NEAR(outcome_of(options).last_claimed, 0.8, 0.03 + 0.04) << static_cast<int>(metric);
    }
}

TEST(Trials, TheSampleRatioCheckRejectsHonestSplitsAtItsLevel) {
    EXPECT_NEAR(run_sample_ratio_trials({.people = 1'000, .runs = 1'000}, 0.05), 0.05, 0.02);
}

TEST(Trials, RefusesWhatCannotBeTried) {
    EXPECT_FALSE(run_trials({.metric = Metric::quantile}));
    EXPECT_FALSE(run_trials({.lift = -1}));
    EXPECT_FALSE(run_trials({.runs = 0}));
    EXPECT_FALSE(run_trials({.people = 10, .looks = 11}));
}

}  // namespace
}  // namespace attune::learn
