#include "engine/outcomes/item_ratings.h"

#include <gtest/gtest.h>

namespace attune::engine {
namespace {

using namespace std::chrono_literals;

const base::Time kStart{std::chrono::days(20'000)};

class ItemRatingsTest : public ::testing::Test {
protected:
    void give(std::uint8_t person, const std::string& item, std::optional<float> rating,
              base::Duration later = {}) {
        ItemEvent event{.time = kStart + later};
        if (rating) event.rating = {.item = item, .value = *rating};
        ASSERT_TRUE(ratings_.take(of(person), event, numbers_));
    }
    static store::PersonId of(std::uint8_t person) {
        return base::hash128(base::HashKey{}, std::string(1, static_cast<char>(person)));
    }
    learn::Tally tally(const std::string& item) {
        const auto number = numbers_.find(item);
        return number ? ratings_.told()->of(*number, kStart) : learn::Tally{};
    }

    ItemNumbers numbers_;
    ItemRatings ratings_;
};

TEST_F(ItemRatingsTest, AreCountedByItemAndInAll) {
    give(1, "a", 5.0F);
    give(2, "a", 4.0F);
    give(1, "b", 1.0F);
    give(1, "c", std::nullopt);
    EXPECT_EQ(tally("a").trials, 2);
    EXPECT_DOUBLE_EQ(tally("a").mean(), 4.5);
    EXPECT_DOUBLE_EQ(tally("b").mean(), 1);
    EXPECT_EQ(tally("c").trials, 0);
    EXPECT_EQ(ratings_.told()->of_all(kStart).trials, 3);
}

TEST_F(ItemRatingsTest, WhatSomebodyGaveLastCountsAndOnce) {
    give(1, "a", 5.0F, 2h);
    give(1, "a", 2.0F, 3h);
    give(1, "a", 4.0F, 1h);
    EXPECT_EQ(tally("a").trials, 1);
    EXPECT_DOUBLE_EQ(tally("a").mean(), 2);
}

TEST_F(ItemRatingsTest, OfSomebodyErasedNothingIsLeft) {
    give(1, "a", 5.0F);
    give(2, "a", 3.0F);
    give(1, "b", 4.0F);
    ratings_.forget(of(1));
    EXPECT_EQ(tally("a").trials, 1);
    EXPECT_DOUBLE_EQ(tally("a").mean(), 3);
    EXPECT_EQ(tally("b").trials, 0);
    EXPECT_DOUBLE_EQ(tally("b").reward_sum, 0);
    EXPECT_EQ(ratings_.told()->of_all(kStart).trials, 1);
}

TEST_F(ItemRatingsTest, OfSomebodyWhoRefusesNothingIsLeftUntilTheyAllowItAgain) {
    give(1, "a", 5.0F);
    ItemEvent refusal{.time = kStart};
    refusal.refused = 1;
    ASSERT_TRUE(ratings_.take(of(1), refusal, numbers_));
    give(1, "b", 5.0F);
    EXPECT_EQ(ratings_.told()->of_all(kStart).trials, 0);
    ItemEvent allowance{.time = kStart};
    allowance.allowed = 1;
    ASSERT_TRUE(ratings_.take(of(1), allowance, numbers_));
    give(1, "b", 4.0F);
    EXPECT_DOUBLE_EQ(tally("b").mean(), 4);
}

TEST_F(ItemRatingsTest, OfTwoWhoTurnOutToBeOneTheLaterRatingCounts) {
    give(1, "a", 5.0F, 2h);
    give(2, "a", 1.0F, 1h);
    give(2, "b", 3.0F);
    ratings_.merge(of(2), of(1));
    EXPECT_EQ(tally("a").trials, 1);
    EXPECT_DOUBLE_EQ(tally("a").mean(), 5);
    EXPECT_DOUBLE_EQ(tally("b").mean(), 3);
    ratings_.forget(of(1));
    EXPECT_EQ(ratings_.told()->of_all(kStart).trials, 0);
}

}  // namespace
}  // namespace attune::engine
