#include "learn/ranking/exploration.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <numeric>
#include <set>

namespace attune::learn {
namespace {

using Weights = std::vector<double>;

Weights chances_of(const Weights& weights, std::size_t places, double floor) {
    auto chances = exploration_chances(weights, places, floor);
    EXPECT_TRUE(chances) << chances.error().message;
    return *std::move(chances);
}

TEST(ExplorationChances, GoByWeightAboveTheFloor) {
    // Two places, four candidates, a tenth each; 1.6 are left and go 4 : 2 : 1 : 1, and nobody exceeds 1.
    const Weights chances = chances_of({4, 2, 1, 1}, 2, 0.1);
    EXPECT_NEAR(chances[0], 0.9, 1e-12);
    EXPECT_NEAR(chances[1], 0.5, 1e-12);
    EXPECT_NEAR(chances[2], 0.3, 1e-12);
    EXPECT_NEAR(chances[3], 0.3, 1e-12);
    EXPECT_EQ(chances_of({0, 0}, 1, 0), (Weights{0.5, 0.5}));
    EXPECT_EQ(chances_of({0, 5}, 2, 0.7), (Weights{1, 1}));
    EXPECT_TRUE(chances_of({}, 3, 0).empty());
    // What is too much for one goes to the others.
    EXPECT_EQ(chances_of({1e308, 1e308, 0, 0}, 3, 0), (Weights{1, 1, 0.5, 0.5}));
}

TEST(ExplorationChances, RefuseWhatCannotBe) {
    EXPECT_FALSE(exploration_chances(Weights{1, -1}, 1, 0));
    EXPECT_FALSE(exploration_chances(Weights{1, NAN}, 1, 0));
    EXPECT_FALSE(exploration_chances(Weights{1, 1, 1}, 1, 0.34));
    EXPECT_FALSE(exploration_chances(Weights{1, 1, 1}, 1, -0.1));
}

RC_GTEST_PROP(ExplorationChances, SumToThePlacesAndKeepTheFloor, ()) {
    const auto given =
        *rc::gen::nonEmpty(rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 1'000'000)));
    const auto places = *rc::gen::inRange<std::size_t>(1, 12);
    Weights weights;
    for (const int weight : given) weights.push_back(std::pow(weight, 3));
    const auto count = static_cast<double>(weights.size());
    const double floor = 0.3 * static_cast<double>(places) / count;
    const auto chances = exploration_chances(weights, places, floor);
    RC_ASSERT(chances.has_value());
    double sum = 0;
    for (std::size_t i = 0; i < chances->size(); ++i) {
        sum += (*chances)[i];
        RC_ASSERT((*chances)[i] <= 1 + 1e-12);
        RC_ASSERT((*chances)[i] >= std::min(1.0, floor) - 1e-12);
        for (std::size_t j = 0; j < i; ++j)
            if (weights[i] > weights[j]) RC_ASSERT((*chances)[i] >= (*chances)[j] - 1e-12);
    }
    RC_ASSERT(std::abs(sum - std::min(static_cast<double>(places), count)) < 1e-9);
}

TEST(Explore, ShowsEachCandidateWithExactlyItsChanceInEveryPlace) {
    const Weights chances = chances_of({10, 5, 3, 1, 1, 0}, 3, 0.05);
    constexpr int kRounds = 100'000;
    std::vector<std::vector<int>> at(3, std::vector<int>(chances.size()));
    for (int seed = 0; seed < kRounds; ++seed) {
        const auto list = explore(chances, 3, static_cast<std::uint64_t>(seed));
        ASSERT_EQ(list.size(), 3U);
        std::set<std::uint32_t> different;
        for (std::size_t place = 0; place < 3; ++place) {
            const Explored& one = list[place];
            different.insert(one.candidate);
            ++at[place][one.candidate];
            ASSERT_EQ(one.shown, chances[one.candidate]);
            ASSERT_EQ(one.propensity, chances[one.candidate] / 3);
        }
        ASSERT_EQ(different.size(), 3U);
    }
    for (const auto& place : at)
        for (std::size_t i = 0; i < chances.size(); ++i) {
            const double p = chances[i] / 3;
            EXPECT_NEAR(place[i] / double{kRounds}, p, 4.5 * std::sqrt(p * (1 - p) / kRounds));
        }
}

TEST(Explore, IsTheSameForTheSameSeed) {
    const Weights chances = chances_of(Weights(100, 1), 5, 0);
    const auto candidates = [&](std::uint64_t seed) {
        std::vector<std::uint32_t> out;
        for (const Explored& one : explore(chances, 5, seed)) out.push_back(one.candidate);
        return out;
    };
    EXPECT_EQ(candidates(7), candidates(7));
    EXPECT_NE(candidates(7), candidates(8));
    EXPECT_EQ(explore(Weights{1, 1}, 5, 1).size(), 2U);
    EXPECT_EQ(explore(Weights{1, 1}, 5, 1)[0].propensity, 0.5);
    EXPECT_TRUE(explore({}, 5, 1).empty());
}

TEST(Softmax, KeepsToTheBestWhenCold) {
    const std::vector<float> scores{1, 2, -4'000};
    const Weights warm = softmax_weights(scores, 1);
    EXPECT_DOUBLE_EQ(warm[1], 1);
    EXPECT_DOUBLE_EQ(warm[0], std::exp(-1));
    const Weights cold = softmax_weights(scores, 0.001);
    EXPECT_EQ(cold[1], 1);
    EXPECT_EQ(cold[0] + cold[2], 0);
    EXPECT_TRUE(softmax_weights({}, 1).empty());
}

}  // namespace
}  // namespace attune::learn
