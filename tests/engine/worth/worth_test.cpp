#include "engine/worth/worth.h"

#include "engine/worth/describe.h"

#include <gtest/gtest.h>

#include <optional>

namespace attune::engine {
namespace {

// A few hundred visits.
WorthOptions small() {
    return {.seed = 3,
            .people = 120,
            .items = 150,
            .history_days = 6,
            .explore_days = 2,
            .days = 4,
            .learn_every_days = 30};
}

// All look at the same story.
class Worth : public ::testing::Test {
protected:
    static void SetUpTestSuite() { told_.emplace(find_worth(small(), {})); }
    static void TearDownTestSuite() { told_.reset(); }
    void SetUp() override { ASSERT_TRUE(*told_) << told_->error().message; }
    static const WorthReport& report() { return **told_; }

private:
    static inline std::optional<Result<WorthReport>> told_;
};

TEST_F(Worth, WhatIsRecommendedIsLikedBetterThanWhatIsPopular) {
    EXPECT_GT(report().control.answers, 20U);
    EXPECT_GT(report().treatment.answers, 20U);
    EXPECT_GT(report().treatment.click_rate(), 1.4 * report().control.click_rate());
    ASSERT_FALSE(report().lifts.empty());
    const WorthLift& clicks = report().lifts.front();
    EXPECT_EQ(clicks.metric, "clicks");
    EXPECT_GT(clicks.treatment_mean, clicks.control_mean);
    EXPECT_FALSE(report().verdict.empty());
}

TEST_F(Worth, TheExperimentCountsWhatPeopleDid) {
    const WorthLift& clicks = report().lifts.front();
    // Everybody's clicks in the days of the experiment, but for those that are made when it has just ended.
    EXPECT_NEAR(static_cast<double>(clicks.treatment_people) * clicks.treatment_mean,
                static_cast<double>(report().treatment.clicks), 5);
    EXPECT_NEAR(static_cast<double>(clicks.control_people) * clicks.control_mean,
                static_cast<double>(report().control.clicks), 5);
    Engagement control;
    for (const WorthDay& day : report().by_day) {
        control.answers += day.control.answers;
        control.clicks += day.control.clicks;
    }
    EXPECT_EQ(report().by_day.size(), 4U);
    EXPECT_EQ(control.answers, report().control.answers);
    EXPECT_EQ(control.clicks, report().control.clicks);
    EXPECT_EQ(report().control.shown, 10 * report().control.answers);
}

TEST_F(Worth, WhatIsLeftToChanceIsReadFromTheLogWithItsProbability) {
    const WorthEstimate& estimate = report().estimate;
    EXPECT_GT(estimate.rows, 100U);
    EXPECT_EQ(estimate.rows % 10, 0U);
    // Of a hundred candidates, each is in a place as likely as any other.
    EXPECT_NEAR(static_cast<double>(estimate.matched), static_cast<double>(estimate.rows) / 100, 8);
    EXPECT_GT(estimate.logged, 0);
    EXPECT_LT(estimate.logged, report().treatment.click_rate());
}

TEST_F(Worth, TheSameSeedGivesTheSameDays) {
    const auto again = find_worth(small(), {});
    ASSERT_TRUE(again);
    // Models sum people up in an order of their own, so their figures may differ in the last digits.
    EXPECT_EQ(base::to_json(again->by_day), base::to_json(report().by_day));
    EXPECT_EQ(again->events, report().events);
}

TEST(WorthOfModels, WhatAYoungShopLearnsFirstIsBetterThanWhatIsPopular) {
    const auto told = find_worth({.people = 400,
                                  .items = 300,
                                  .history_days = 14,
                                  .explore_days = 1,
                                  .days = 1,
                                  .learn_every_days = 30},
                                 {});
    ASSERT_TRUE(told) << told.error().message;
    ASSERT_EQ(told->models.size(), 1U);
    EXPECT_EQ(told->models[0].state, "published") << told->models[0].reason.value_or("");
    EXPECT_GT(told->models[0].ndcg, 1.3 * told->models[0].popularity_ndcg);
}

TEST_F(Worth, OptionsOutOfBoundsAreNamed) {
    const auto none = find_worth({.people = 0}, {});
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().code, Code::invalid_argument);
    EXPECT_NE(none.error().message.find("people"), std::string::npos);
}

}  // namespace
}  // namespace attune::engine
