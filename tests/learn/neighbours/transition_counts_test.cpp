#include "learn/neighbours/transition_counts.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

namespace attune::learn {
namespace {

std::vector<Touch> went(std::initializer_list<ItemIndex> items) {
    std::vector<Touch> out;
    for (const ItemIndex item : items)
        out.push_back({.item = item, .time = static_cast<std::int64_t>(out.size())});
    return out;
}

void add_all(TransitionCounts& counts, History history) {
    for (std::size_t i = 0; i < history.size(); ++i) counts.add(history.first(i), history[i]);
}

float count(const TransitionCounts& counts, ItemIndex from, ItemIndex to) {
    const SparseRows rows = counts.followers();
    const auto columns = rows.columns_of(from);
    const auto found = std::ranges::find(columns, to);
    return found == columns.end()
               ? 0
               : rows.values_of(from)[static_cast<std::size_t>(found - columns.begin())];
}

bool are_equal(const TransitionCounts& a, const TransitionCounts& b) {
    const SparseRows left = a.followers();
    const SparseRows right = b.followers();
    return left.begins == right.begins && left.columns == right.columns &&
           left.values == right.values && std::ranges::equal(a.people(), b.people());
}

// Walks that come back to the same items often, so that repetitions matter.
std::vector<std::vector<Touch>> walks(std::size_t people, ItemIndex items, std::uint32_t seed) {
    std::mt19937 random(seed);
    std::vector<std::vector<Touch>> out(people);
    for (auto& walk : out) {
        const std::size_t length = random() % 30;
        for (std::size_t i = 0; i < length; ++i)
            walk.push_back({.item = static_cast<ItemIndex>(random() % items),
                            .weight = random() % 8 == 0 ? -1.0F : 1.0F,
                            .time = static_cast<std::int64_t>(i * 3'600)});
    }
    return out;
}

TEST(TransitionCounts, WeighStepsByHowSoonTheyCome) {
    TransitionCounts counts(4, {.window = 2, .step_decay = 0.5});
    add_all(counts, went({0, 1, 2, 3}));
    EXPECT_EQ(count(counts, 0, 1), 1);
    EXPECT_EQ(count(counts, 0, 2), 0.5F);
    EXPECT_EQ(count(counts, 0, 3), 0);  // past the window
    EXPECT_EQ(count(counts, 1, 0), 0);  // never backwards
}

TEST(TransitionCounts, NobodyAddsMoreThanOneToAPair) {
    TransitionCounts counts(3, {});
    add_all(counts, went({0, 2, 1, 0, 1, 0, 1, 0, 1, 0, 1}));
    EXPECT_EQ(count(counts, 0, 1), 1);
    EXPECT_EQ(counts.people()[0], 1);
}

TEST(TransitionCounts, EventByEventAndAtOnceAreTheSame) {
    for (std::uint32_t seed = 0; seed < 20; ++seed) {
        SCOPED_TRACE(seed);
        const auto all = walks(20, 12, seed);
        TransitionCounts online(12, {});
        std::vector<Deed> deeds;
        for (PersonIndex person = 0; person < all.size(); ++person) {
            add_all(online, all[person]);
            for (const Touch& touch : all[person]) deeds.push_back({person, touch});
        }
        const auto made = Interactions::of(std::move(deeds), 20, 12);
        ASSERT_TRUE(made);
        const auto at_once = TransitionCounts::of(*made, {}, {.threads = 2});
        ASSERT_TRUE(at_once);
        EXPECT_TRUE(are_equal(online, *at_once));
    }
}

TEST(TransitionCounts, WhoIsForgottenHasNeverBeen) {
    for (std::uint32_t seed = 0; seed < 20; ++seed) {
        SCOPED_TRACE(seed);
        const auto all = walks(10, 8, seed);
        TransitionCounts with(8, {});
        TransitionCounts without(8, {});
        for (std::size_t person = 0; person < all.size(); ++person) {
            add_all(with, all[person]);
            if (person != 4) add_all(without, all[person]);
        }
        with.forget(all[4]);
        EXPECT_TRUE(are_equal(with, without));
    }
}

TEST(TransitionCounts, HalveWithinAHalfLife) {
    TransitionCounts counts(3, {.half_life = 100});
    counts.add(std::vector<Touch>{{.item = 0, .time = 0}}, {.item = 1, .time = 0});
    counts.add(std::vector<Touch>{{.item = 0, .time = 100}}, {.item = 2, .time = 100});
    EXPECT_FLOAT_EQ(count(counts, 0, 2), 2 * count(counts, 0, 1));
    // So long after that the landmark moves: the ratio stays, and what is infinitely small goes.
    counts.add(std::vector<Touch>{{.item = 0, .time = 2'500}}, {.item = 2, .time = 2'500});
    EXPECT_NEAR(count(counts, 0, 1) / count(counts, 0, 2), std::exp2(-25.0), 1e-9);
    counts.add(std::vector<Touch>{{.item = 1, .time = 100'000}}, {.item = 2, .time = 100'000});
    EXPECT_EQ(count(counts, 0, 1), 0);
}

TEST(TransitionCounts, KeepTheLargestFollowersOfAnItem) {
    TransitionCounts counts(40, {.followers = 4});
    for (ItemIndex to = 1; to < 40; ++to)
        for (int person = 0; person < (to % 10 == 0 ? 5 : 1); ++person)
            counts.add(went({0}), {.item = to});
    const SparseRows rows = counts.followers();
    EXPECT_EQ(rows.columns_of(0).size(), 4U);
    for (const ItemIndex kept : {10U, 20U, 30U}) EXPECT_EQ(count(counts, 0, kept), 5);
}

TEST(TransitionCounts, GrowWithTheCatalogue) {
    TransitionCounts counts(1, {});
    counts.add(went({0}), {.item = 5});
    EXPECT_EQ(counts.followers().size(), 0U);
    counts.grow(6);
    counts.add(went({0}), {.item = 5});
    EXPECT_EQ(count(counts, 0, 5), 1);
}

TEST(TransitionCounts, FitAHundredThousandItemsInTwoHundredMegabytes) {
    constexpr ItemIndex kItems = 300;  // each as full as it can be
    TransitionCounts counts(kItems, {});
    for (ItemIndex from = 0; from < kItems; ++from)
        for (ItemIndex to = 0; to < kItems; ++to) counts.add(went({from}), {.item = to});
    EXPECT_LE(counts.bytes() * 100'000 / kItems, 210'000'000U);
}

}  // namespace
}  // namespace attune::learn
