#include "engine/experiment/age_buckets.h"
#include "engine/experiment/results.h"
#include "red_or_blue.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace attune::engine {
namespace {

using namespace std::chrono_literals;
using testing::Passers;
using testing::red_or_blue;

class NoveltyTest : public ::testing::Test {
protected:
    // A unit every minute, in turn in each arm.
    void come(Tally& tally, int units, double chance_in_blue) {
        for (int i = 0; i < units; ++i)
            passers_.come(tally, (passers_.units() + 1) * 1min, chance_in_blue);
    }
    ExperimentResults results(const Tally& tally) {
        auto found = results_of("e", tally.definition(), tally, {});
        EXPECT_TRUE(found);
        return *std::move(found);
    }
    NoveltyCheck blue(const Tally& tally) {
        return results(tally).metrics.at(0).comparisons.at(0).novelty.value();
    }

    Passers passers_;
};

TEST_F(NoveltyTest, AnEffectThatLaterUnitsDoNotShowIsFading) {
    Tally tally(red_or_blue(8'000));
    come(tally, 4'000, 0.35);
    come(tally, 4'000, 0.2);
    const NoveltyCheck found = blue(tally);
    EXPECT_TRUE(found.is_fading);
    EXPECT_NEAR(*found.early, 0.75, 0.25);
    EXPECT_NEAR(*found.late, 0, 0.2);
    EXPECT_LT(*found.p_value, 0.05);
    const Verdict verdict = results(tally).verdict;
    EXPECT_EQ(verdict.decision, "ship");
    EXPECT_NE(verdict.reason.find("the effect of blue fades"), std::string::npos) << verdict.reason;
}

TEST_F(NoveltyTest, AnEffectThatGrowsDoesNotFade) {
    Tally tally(red_or_blue(8'000));
    come(tally, 4'000, 0.25);
    come(tally, 4'000, 0.45);
    const NoveltyCheck found = blue(tally);
    EXPECT_FALSE(found.is_fading);
    EXPECT_LT(*found.p_value, 0.05) << "it does change";
    EXPECT_EQ(results(tally).verdict.reason.find("fades"), std::string::npos);
}

TEST_F(NoveltyTest, AConstantEffectThatIsLookedAtDailySeldomSeemsToFade) {
    int claims = 0;
    for (int run = 0; run < 100; ++run) {
        Tally tally(red_or_blue(8'000));
        bool claimed = false;
        for (int day = 0; day < 20; ++day) {
            come(tally, 300, 0.3);
            claimed |= blue(tally).p_value.value_or(1) <= 0.05;
        }
        claims += claimed;
    }
    EXPECT_LE(claims, 5);
}

TEST_F(NoveltyTest, NothingIsSaidBeforeWindowsAreOver) {
    Tally tally(red_or_blue(8'000));
    come(tally, 60, 0.3);
    const NoveltyCheck found = blue(tally);
    EXPECT_FALSE(found.is_fading);
    EXPECT_FALSE(found.early);
    EXPECT_EQ(found.problem, "too few units whose window is over");
}

TEST_F(NoveltyTest, UnitsWhoseWindowIsNotOverSayNothing) {
    domain::Experiment experiment = red_or_blue(8'000);
    experiment.metrics[0].window_seconds = 4'000 * 60;
    Tally tally(experiment);
    come(tally, 4'000, 0.35);
    come(tally, 4'000, 0.2);
    // Those who came last had an hour, and not three days, to do anything.
    EXPECT_FALSE(blue(tally).is_fading);
    EXPECT_NEAR(*blue(tally).late, *blue(tally).early, 0.4);
}

TEST(AgeBuckets, WhatIsForgottenIsTakenOutOfTheBucketItIsInByNow) {
    const base::Time begin{1'780'000'000s};
    AgeBuckets ages(2, begin);
    ages.add(1, begin + 30s, {.value = 3});
    ages.add(1, begin + 90s, {.value = 5});
    EXPECT_EQ(ages.size(), 2u);
    ages.add(0, begin + 24h, {.value = 1});
    EXPECT_LE(ages.size(), AgeBuckets::kBuckets);
    EXPECT_EQ(ages.sums(1, 0).n(), 2u);
    EXPECT_GT(ages.end_of(ages.size() - 1), ages.newest());
    ages.remove(1, begin + 30s, {.value = 3});
    EXPECT_EQ(ages.sums(1, 0).n(), 1u);
    EXPECT_EQ(ages.sums(1, 0).sum(learn::Variable::value), 5);
}

TEST(AgeBuckets, AddTheSameUpInAnyOrder) {
    const base::Time begin{1'780'000'000s};
    AgeBuckets forward(1, begin);
    AgeBuckets backward(1, begin);
    for (int i = 0; i < 1'000; ++i) {
        forward.add(0, begin + i * 7min, {.value = double(i)});
        backward.add(0, begin + (999 - i) * 7min, {.value = double(999 - i)});
    }
    ASSERT_EQ(forward.size(), backward.size());
    for (std::size_t i = 0; i < forward.size(); ++i)
        EXPECT_EQ(forward.sums(0, i), backward.sums(0, i));
}

TEST(AgeBuckets, WhoCameBeforeTheBeginningCameFirst) {
    const base::Time begin{1'780'000'000s};
    AgeBuckets ages(1, begin);
    ages.add(0, begin - 1h, {.value = 1});
    EXPECT_EQ(ages.sums(0, 0).n(), 1u);
    EXPECT_EQ(ages.newest(), begin - 1h);
}

}  // namespace
}  // namespace attune::engine
