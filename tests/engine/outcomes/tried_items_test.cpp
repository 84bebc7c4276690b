#include "engine/outcomes/tried_items.h"

#include <gtest/gtest.h>

namespace attune::engine {
namespace {

using namespace std::chrono_literals;

const base::Time kStart{std::chrono::days(20'000)};

// The first slot is as ranked, the others are left to chance.
OpenList list_of(std::vector<ItemNumber> items, base::Time time = kStart) {
    static const auto scheme = std::make_shared<const ListScheme>(ListScheme{.placement = "home"});
    OpenList list{.scheme = scheme, .time = time, .items = std::move(items)};
    list.from.assign(list.items.size(), "explored");
    list.from.front() = "model";
    list.gains.assign(list.items.size(), 0);
    return list;
}

TEST(TriedItems, SlotsLeftToChanceAreCountedAndNoOthers) {
    TriedCounts counts;
    EXPECT_EQ(counts.in_force()->find("home"), nullptr);
    const OpenList list = list_of({1, 2, 300});
    counts.shown(list);
    counts.answered(list, {.slot = 0, .before = 0});
    counts.answered(list, {.slot = 2, .before = 0});
    counts.answered(list, {.slot = 2, .before = 1});  // it was bought after it was looked at
    const auto tried = counts.in_force()->find("home");
    ASSERT_NE(tried, nullptr);
    EXPECT_EQ(tried->of(1, kStart).trials, 0);
    EXPECT_EQ(tried->of(2, kStart).trials, 1);
    EXPECT_EQ(tried->of(2, kStart).reward_sum, 0);
    EXPECT_EQ(tried->of(300, kStart).trials, 1);
    EXPECT_EQ(tried->of(300, kStart).reward_sum, 1);
    EXPECT_EQ(tried->of(77, kStart).trials, 0);
    EXPECT_EQ(tried->of_all(kStart).trials, 2);
    EXPECT_EQ(tried->of_all(kStart).mean(), 0.5);
    std::vector<ItemNumber> all;
    tried->each(kStart, [&](ItemNumber item, const learn::Tally&) { all.push_back(item); });
    EXPECT_EQ(all, (std::vector<ItemNumber>{2, 300}));
}

TEST(TriedItems, WhatWasToldStaysAsItWasAndTheNextTellingHasTheNews) {
    TriedCounts counts;
    counts.shown(list_of({1, 2}));
    const auto before = counts.in_force()->find("home");
    EXPECT_EQ(counts.in_force()->find("home"), before);
    counts.shown(list_of({1, 2}));
    counts.shown(list_of({1, 3}));
    EXPECT_EQ(before->of(2, kStart).trials, 1);
    EXPECT_EQ(before->of(3, kStart).trials, 0);
    EXPECT_EQ(counts.in_force()->find("home")->of(2, kStart).trials, 2);
    EXPECT_EQ(counts.in_force()->find("home")->of(3, kStart).trials, 1);
}

TEST(TriedItems, AfterAMonthATrialCountsForHalfWithWhatItBrought) {
    TriedCounts counts;
    const OpenList list = list_of({1, 2});
    counts.shown(list);
    counts.answered(list, {.slot = 1, .before = 0});
    const auto tried = counts.in_force()->find("home");
    const learn::Tally later = tried->of(2, kStart + std::chrono::days(30));
    EXPECT_DOUBLE_EQ(later.trials, 0.5);
    EXPECT_DOUBLE_EQ(later.reward_sum, 0.5);
    EXPECT_DOUBLE_EQ(tried->of_all(kStart + std::chrono::days(60)).trials, 0.25);
}

constexpr ItemNumber kApart = 64;  // items of a block each
constexpr ItemNumber kMost = static_cast<ItemNumber>(TriedCounts::kBlocksMax);

TEST(TriedItems, WhereThereIsNoRoomWhatWasTriedLongestAgoIsForgotten) {
    TriedCounts counts;
    for (ItemNumber i = 0; i < kMost; ++i)
        counts.shown(list_of({0, i * kApart}, kStart + std::chrono::seconds(i)));
    // The first is tried again, so it is none of the oldest.
    const base::Time then = kStart + std::chrono::seconds(kMost);
    counts.shown(list_of({0, 0}, then));
    counts.shown(list_of({0, kMost * kApart}, then));
    const auto tried = counts.in_force()->find("home");
    EXPECT_GT(tried->of(0, then).trials, 1.9);
    EXPECT_GT(tried->of(kMost * kApart, then).trials, 0.9);
    EXPECT_EQ(tried->of(1 * kApart, then).trials, 0);
    EXPECT_EQ(tried->of(kMost / 8 * kApart, then).trials, 0);
    EXPECT_GT(tried->of((kMost / 8 + 1) * kApart, then).trials, 0.9);
    // What it brings now finds nobody, and what is shown again begins anew.
    counts.answered(list_of({0, kApart}, kStart + 1s), {.slot = 1, .before = 0});
    counts.shown(list_of({0, kApart}, then));
    EXPECT_EQ(counts.in_force()->find("home")->of(kApart, then).trials, 1);
    EXPECT_EQ(counts.in_force()->find("home")->of(kApart, then).reward_sum, 0);
}

TEST(TriedItems, OfWhatWasTriedAtTheSameTimeOnlyAsMuchIsForgottenAsMustBe) {
    TriedCounts counts;
    for (ItemNumber i = 0; i <= kMost; ++i) counts.shown(list_of({0, i * kApart}));
    const auto tried = counts.in_force()->find("home");
    std::size_t kept = 0;
    tried->each(kStart, [&](ItemNumber, const learn::Tally&) { ++kept; });
    EXPECT_EQ(kept, TriedCounts::kBlocksMax * 7 / 8 + 1);
    EXPECT_EQ(tried->of(kMost * kApart, kStart).trials, 1);
}

}  // namespace
}  // namespace attune::engine
