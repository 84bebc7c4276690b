#include "learn/neighbours/trend_counts.h"

#include <gtest/gtest.h>

#include <cmath>

namespace attune::learn {
namespace {

constexpr std::int64_t kHour = 3'600;
constexpr std::int64_t kDay = 24 * kHour;
constexpr ItemIndex kQuiet = 0;
constexpr ItemIndex kBusy = 1;
constexpr ItemIndex kRising = 2;

// Thirty days in which kBusy is touched ten times an hour and kQuiet once every three, each time by somebody else.
TrendCounts month(const TrendRules& rules = {}) {
    TrendCounts counts(4, rules);
    std::uint64_t person = 1'000;
    for (std::int64_t hour = 0; hour < 30 * 24; ++hour) {
        for (int i = 0; i < 10; ++i) counts.add(kBusy, person++, hour * kHour + i * 300);
        if (hour % 3 == 0) counts.add(kQuiet, person++, hour * kHour);
    }
    return counts;
}

TEST(TrendCounts, ComputeTheRiseAsByHand) {
    // A day on, what was there at first is halved in the usual counts and gone from the quick ones: 5 and 3, 4 and 0.
    TrendCounts counts(2, {.half_life = 1, .usual_half_life = kDay, .people = 1});
    for (std::uint64_t person = 0; person < 2; ++person) counts.add(0, person, 0);
    for (std::uint64_t person = 0; person < 6; ++person) counts.add(1, person, 0);
    for (std::uint64_t person = 10; person < 14; ++person) counts.add(0, person, kDay);
    const Trends trends = counts.trends();
    // Item 0 has 5 of the 8 that are usual, so 2.5 of the 4 that happen now are expected of it.
    EXPECT_FLOAT_EQ(trends.rise(0, kDay), static_cast<float>(1.5 / std::sqrt(3.5)));
    EXPECT_EQ(trends.rise(1, kDay), 0);
}

TEST(TrendCounts, WhatIsAlwaysBusyDoesNotRise) {
    TrendCounts counts = month();
    const std::int64_t now = 30 * kDay;
    for (std::uint64_t person = 0; person < 12; ++person)
        counts.add(kRising, person, now - 3 * kHour + static_cast<std::int64_t>(person) * 600);
    const Trends trends = counts.trends();
    EXPECT_GT(trends.rise(kRising, now), 3);
    EXPECT_LT(trends.rise(kBusy, now), 1);
    EXPECT_LT(trends.rise(kQuiet, now), 1);
}

TEST(TrendCounts, ABusyHourMakesNothingRiseByItself) {
    TrendCounts counts = month();
    const std::int64_t now = 30 * kDay;
    std::uint64_t person = 1;
    for (int i = 0; i < 300; ++i) {
        counts.add(kBusy, person++, now);
        if (i % 30 == 0) counts.add(kQuiet, person++, now);
    }
    EXPECT_LT(counts.trends().rise(kBusy, now), 1);
    EXPECT_LT(counts.trends().rise(kQuiet, now), 1.5);
}

TEST(TrendCounts, OnePersonIsNoTrend) {
    TrendCounts counts = month();
    const std::int64_t now = 30 * kDay;
    for (int i = 0; i < 1'000; ++i) counts.add(kRising, 7, now - 1'000 + i);
    EXPECT_EQ(counts.trends().rise(kRising, now), 0);
    // With two more it may be one, in which the first counts once.
    counts.add(kRising, 8, now);
    counts.add(kRising, 9, now);
    EXPECT_GT(counts.trends().rise(kRising, now), 0);
    EXPECT_LT(counts.trends().quick[kRising], 3.01F);
}

TEST(TrendCounts, ARiseEndsWithTime) {
    TrendCounts counts = month();
    const std::int64_t now = 30 * kDay;
    for (std::uint64_t person = 0; person < 12; ++person) counts.add(kRising, person, now);
    const Trends trends = counts.trends();
    EXPECT_GT(trends.rise(kRising, now), trends.rise(kRising, now + 6 * kHour));
    EXPECT_EQ(trends.rise(kRising, now + 25 * kHour), 0);
}

TEST(TrendCounts, WhoIsForgottenNoLongerCounts) {
    TrendCounts with = month();
    TrendCounts without = month();
    const std::int64_t now = 30 * kDay;
    for (std::uint64_t person = 0; person < 5; ++person) {
        with.add(kRising, person, now + static_cast<std::int64_t>(person));
        if (person != 2) without.add(kRising, person, now + static_cast<std::int64_t>(person));
    }
    with.forget(2);
    EXPECT_FLOAT_EQ(with.trends().rise(kRising, now + 10),
                    without.trends().rise(kRising, now + 10));
    EXPECT_EQ(with.trends().lively_until, without.trends().lively_until);
}

TEST(TrendCounts, TakeWhatComesLateAtItsAge) {
    TrendCounts counts(1, {.half_life = 100, .people = 1});
    counts.add(0, 1, 1'000);
    counts.add(0, 2, 900);
    EXPECT_FLOAT_EQ(counts.trends().quick[0], 1.5F);
    counts.add(5, 3, 1'000);  // no such item
    counts.grow(6);
    counts.add(5, 3, 1'000);
    EXPECT_EQ(counts.trends().quick[5], 1);
}

}  // namespace
}  // namespace attune::learn
