#include "engine/profile/decayed_sum.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

namespace attune::engine {
namespace {

constexpr std::int64_t kDayUs = 86'400'000'000;
constexpr std::int64_t kNowUs = 1'740'000'000'000'000;

struct Term {
    double weight;
    HalfLife half_life;
    std::int64_t time_us;
};

// The formula as it is written, in 80-bit floating point.
long double naive(const std::vector<Term>& terms, std::int64_t now_us, long double& of_magnitudes) {
    long double sum = 0;
    of_magnitudes = 0;
    for (const Term& t : terms) {
        const long double half_us = static_cast<long double>(t.half_life.seconds) * 1e6L;
        const long double term =
            t.weight * std::exp2(static_cast<long double>(t.time_us - now_us) / half_us);
        sum += term;
        of_magnitudes += std::fabs(term);
    }
    return sum;
}

TEST(DecayedSum, IsWithinOneBillionthOfTheFormula) {
    std::mt19937_64 random(7);
    const double kDays[] = {0.5, 7, 14, 30, 90, 180};
    double worst = 0;
    for (int round = 0; round < 500; ++round) {
        std::vector<Term> terms;
        DecayedSum sum;
        std::int64_t now = kNowUs - 20'000 * kDayUs * (round % 2);  // before the landmark too
        std::int64_t newest = INT64_MIN;
        for (std::uint64_t i = 0, n = 1 + random() % 50; i < n; ++i) {
            const double weight = (static_cast<double>(random() % 100'000) + 1) / 1000.0 *
                                  (random() % 4 == 0 ? -1 : 1);
            const auto age =
                static_cast<std::int64_t>(random() % (400ull * static_cast<std::uint64_t>(kDayUs)));
            terms.push_back(
                {weight, HalfLife::of_days(kDays[random() % std::size(kDays)]), now - age});
            newest = std::max(newest, terms.back().time_us);
            sum.add(decay_term(weight, terms.back().half_life, terms.back().time_us));
        }
        long double magnitude = 0;
        const long double expected = naive(terms, newest, magnitude);
        worst = std::max(
            worst, static_cast<double>(std::fabs(sum.value_at(newest) - expected) / magnitude));
    }
    RecordProperty("worst", std::to_string(worst));
    EXPECT_LT(worst, 1e-9) << worst;
}

TEST(DecayedSum, IsTheSameInEveryOrderAndGrouping) {
    std::mt19937_64 random(8);
    for (int round = 0; round < 200; ++round) {
        std::vector<DecayCell> terms;
        for (int i = 0; i < 40; ++i) {
            const double weight = static_cast<double>(random() % 2000) / 7 - 100;
            // Short half-lives and years of time: epochs come and fall out.
            terms.push_back(
                decay_term(weight, HalfLife::of_days(random() % 2 ? 0.1 : 2),
                           kNowUs - static_cast<std::int64_t>(random() % 1000) * kDayUs));
        }
        DecayedSum whole;
        for (const DecayCell& term : terms) whole.add(term);
        std::ranges::shuffle(terms, random);
        DecayedSum parts[3];
        for (std::size_t i = 0; i < terms.size(); ++i) parts[random() % 3].add(terms[i]);
        DecayedSum other = parts[2];
        other.merge(parts[0]);
        other.merge(parts[1]);
        ASSERT_TRUE(whole == other) << "round " << round;
    }
}

TEST(DecayedSum, HalvesInOneHalfLife) {
    DecayedSum sum;
    sum.add(decay_term(3, HalfLife::of_days(30), kNowUs));
    EXPECT_DOUBLE_EQ(sum.value_at(kNowUs), 3);
    EXPECT_NEAR(sum.value_at(kNowUs + 30 * kDayUs), 1.5, 1e-9);
    EXPECT_NEAR(sum.value_at(kNowUs + 300 * kDayUs), 3.0 / 1024, 1e-12);
}

TEST(DecayedSum, OppositeTermsCancelExactly) {
    DecayedSum sum;
    for (const double sign : {1.0, -1.0})
        sum.add(decay_term(sign * 0.3, HalfLife::of_days(7), kNowUs - 12345));
    EXPECT_EQ(sum.value_at(kNowUs), 0);
}

TEST(DecayedSum, ForgetsOnlyWhatIsWeightless) {
    DecayedSum sum;
    sum.add(decay_term(1, HalfLife::of_days(1), kNowUs - 200 * kDayUs));
    sum.add(decay_term(1, HalfLife::of_days(1), kNowUs));
    EXPECT_EQ(sum.size(), 1u);
    sum.add(decay_term(1, HalfLife::of_days(1), kNowUs - 200 * kDayUs));
    EXPECT_EQ(sum.size(), 1u);
    sum.add(decay_term(1, HalfLife::of_days(1), kNowUs - 40 * kDayUs));
    EXPECT_EQ(sum.size(), 2u);
}

TEST(DecayedSum, TakesWhateverNumbersComeIn) {
    constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    for (const double weight : {kNan, kInfinity, -kInfinity, 1e300, -1e300, 0.0}) {
        for (const double days : {kNan, kInfinity, -1.0, 0.0, 1e300}) {
            for (const std::int64_t time :
                 {std::int64_t{-62'135'596'800'000'000}, std::int64_t{253'402'300'799'999'999}}) {
                DecayedSum sum;
                sum.add(decay_term(weight, HalfLife::of_days(days), time));
                EXPECT_TRUE(std::isfinite(sum.value_at(time)));
            }
        }
    }
}

}  // namespace
}  // namespace attune::engine
