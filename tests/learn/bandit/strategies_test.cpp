#include "learn/bandit/strategies.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cmath>
#include <numeric>

namespace attune::learn {
namespace {

using namespace std::chrono_literals;

constexpr base::Time kStart{std::chrono::sys_days{std::chrono::year{2026} / 3 / 1}};

Tally tally(double trials, double sum) { return {trials, sum, sum, kStart}; }

TEST(Bandit, ThompsonPrefersWhatPaysAndStillTriesTheRest) {
    const auto chances =
        thompson_bernoulli(std::vector{tally(100, 20), tally(100, 10), tally(4, 0)}, {});
    ASSERT_TRUE(chances);
    EXPECT_GT((*chances)[0], 0.6);
    EXPECT_LT((*chances)[1], 0.05);
    EXPECT_GT((*chances)[2], 0.1);  // four failures say little
}

TEST(Bandit, GaussianThompsonKnowsThatNoisyArmsAreUncertain) {
    const Tally steady{100, 500, 2'510, kStart};  // mean 5, variance 0.1
    const Tally noisy{100, 490, 12'400, kStart};  // mean 4.9, variance 100
    const Tally poor{100, 300, 910, kStart};      // mean 3
    const auto chances = thompson_gaussian(std::vector{steady, noisy, poor}, {});
    ASSERT_TRUE(chances);
    EXPECT_NEAR((*chances)[1], 0.45, 0.05);
    EXPECT_NEAR((*chances)[2], 0, 1e-6);
}

TEST(Bandit, EpsilonGreedySpreadsEpsilonAndSharesTies) {
    EXPECT_EQ(*epsilon_greedy(std::vector{tally(10, 5), tally(10, 2)}, 0.2),
              (std::vector{0.9, 0.1}));
    EXPECT_EQ(*epsilon_greedy(std::vector{tally(10, 5), tally(10, 5)}, 0), (std::vector{0.5, 0.5}));
}

TEST(Bandit, UpperConfidenceTriesEveryArmFirst) {
    EXPECT_EQ(*upper_confidence(std::vector{tally(10, 5), tally(0, 0), tally(0, 0)}, 1),
              (std::vector{0.0, 0.5, 0.5}));
    // 0.5 + √(2 ln 110 / 10) = 1.47 against 0.6 + √(2 ln 110 / 100) = 0.91.
    EXPECT_EQ(*upper_confidence(std::vector{tally(10, 5), tally(100, 60)}, 1),
              (std::vector{1.0, 0.0}));
}

TEST(Bandit, RefusesWhatCannotBe) {
    EXPECT_FALSE(thompson_bernoulli({}, {}));
    EXPECT_FALSE(thompson_bernoulli(std::vector<Tally>(kArmsMax + 1), {}));
    EXPECT_FALSE(thompson_bernoulli(std::vector{tally(NAN, 0)}, {}));
    EXPECT_FALSE(thompson_bernoulli(std::vector{tally(1, 0)}, {.successes = 0.5}));
    EXPECT_FALSE(thompson_gaussian(std::vector{tally(1, 0)}, {.variance = 0}));
    EXPECT_FALSE(epsilon_greedy(std::vector{tally(1, 0)}, 1.5));
    EXPECT_FALSE(upper_confidence(std::vector{tally(1, 0)}, 0));
    std::vector chances{0.5, 0.5};
    EXPECT_FALSE(keep_exploring(chances, 0.6));
}

TEST(Bandit, EveryArmKeepsItsFloorAndChancesSumToOne) {
    EXPECT_TRUE(rc::check([] {
        const auto arms = static_cast<std::size_t>(*rc::gen::inRange(1, 20));
        std::vector<Tally> tallies;
        for (std::size_t i = 0; i < arms; ++i) {
            const int trials = *rc::gen::inRange(0, 5'000);
            tallies.push_back(tally(trials, *rc::gen::inRange(0, trials + 1)));
        }
        const double floor = 0.5 / static_cast<double>(arms);
        for (auto chances : {thompson_bernoulli(tallies, {}), thompson_gaussian(tallies, {}),
                             epsilon_greedy(tallies, 0.1), upper_confidence(tallies, 1)}) {
            RC_ASSERT(chances.has_value());
            RC_ASSERT(keep_exploring(*chances, floor).has_value());
            for (const double chance : *chances) RC_ASSERT(chance >= floor);
            RC_ASSERT(std::abs(std::accumulate(chances->begin(), chances->end(), 0.0) - 1) < 1e-9);
        }
    }));
}

TEST(Bandit, ArmsAreDrawnAsOftenAsTheirLoggedPropensitySays) {
    base::SeededRandom random(3);
    const std::vector chances{0.0, 0.7, 0.05, 0.25};
    std::vector<double> drawn(chances.size());
    constexpr int kDraws = 100'000;
    for (int i = 0; i < kDraws; ++i) {
        const Choice choice = draw(chances, random);
        EXPECT_EQ(choice.propensity, chances[choice.arm]);
        drawn[choice.arm] += 1.0 / kDraws;
    }
    for (std::size_t i = 0; i < chances.size(); ++i) EXPECT_NEAR(drawn[i], chances[i], 0.006);
    EXPECT_EQ(drawn[0], 0);
}

TEST(Tally, ARewardCountsAsOfWhenItsTrialWasShown) {
    const Memory day{.half_life = 24h};
    Tally arm;
    arm.show(kStart, day);
    arm.show(kStart + 24h, day);
    arm.reward(8, kStart, day);  // comes a day late
    EXPECT_DOUBLE_EQ(arm.trials, 1.5);
    EXPECT_DOUBLE_EQ(arm.reward_sum, 4);
    EXPECT_DOUBLE_EQ(arm.reward_squares, 32);
    arm.age(kStart + 48h, day);
    EXPECT_DOUBLE_EQ(arm.trials, 0.75);
}

// Whatever arrives when and where, the sums are the same.
TEST(Tally, OrderAndPartitionDoNotMatter) {
    EXPECT_TRUE(rc::check([] {
        const Memory memory{.half_life = std::chrono::hours(*rc::gen::inRange(0, 100))};
        Tally forward;
        Tally backward;
        Tally first;
        Tally second;
        const auto hours = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 500));
        const auto put = [&](Tally& into, std::size_t i) {
            const base::Time when = kStart + std::chrono::hours(hours[i]);
            into.show(when, memory);
            if (i % 3 == 0) into.reward(1 + hours[i] % 7, when, memory);
        };
        for (std::size_t i = 0; i < hours.size(); ++i) {
            put(forward, i);
            put(backward, hours.size() - 1 - i);
            put(i % 2 == 0 ? first : second, i);
        }
        first.merge(second, memory);
        for (Tally* other : {&backward, &first}) {
            RC_ASSERT(other->at == forward.at);
            RC_ASSERT(std::abs(other->trials - forward.trials) < 1e-9 * (1 + forward.trials));
            RC_ASSERT(std::abs(other->reward_sum - forward.reward_sum) <
                      1e-9 * (1 + forward.reward_sum));
        }
    }));
}

}  // namespace
}  // namespace attune::learn
