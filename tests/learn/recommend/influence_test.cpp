#include "learn/recommend/influence.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace attune::learn {
namespace {

constexpr InfluenceBounds kByHundreds{
    .window = 100, .young = 100, .surge_least = 2, .suspect_growth = 4};

Interactions made_of(std::vector<Deed> deeds, PersonIndex people, ItemIndex items) {
    auto made = Interactions::of(std::move(deeds), people, items);
    EXPECT_TRUE(made);
    return *std::move(made);
}

std::size_t people_of(const Interactions& interactions, ItemIndex item) {
    const SparseRows rows = interactions.matrix();
    return static_cast<std::size_t>(std::ranges::count(rows.columns, item));
}

// Twenty people who were there from the beginning: each touches one more of the five first items in each window.
std::vector<Deed> site(std::int64_t windows) {
    std::vector<Deed> deeds;
    for (PersonIndex person = 0; person < 20; ++person)
        for (std::int64_t window = 0; window < windows; ++window)
            deeds.push_back({person,
                             {.item = static_cast<ItemIndex>((person + window) % 5),
                              .time = window * 100 + person}});
    return deeds;
}

TEST(Influence, OneAccountAddsItsNewestTouchesAndNoMoreThanTheMostToAnItem) {
    std::vector<Deed> deeds;
    for (ItemIndex item = 0; item < 8; ++item)
        for (int i = 0; i < 3; ++i)
            deeds.push_back({0, {.item = item, .weight = 90, .time = item * 10 + i}});
    const Influence bounded =
        within_influence(made_of(std::move(deeds), 1, 8), {.touches_max = 4, .weight_max = 5});
    const History kept = bounded.interactions.of_person(0);
    ASSERT_EQ(kept.size(), 2U);
    EXPECT_EQ(kept.front().item, 6U);
    EXPECT_EQ(kept.back().item, 7U);
    EXPECT_EQ(kept.front().weight, 5);
    EXPECT_EQ(kept.back().weight, 5);
    EXPECT_TRUE(bounded.suspects.empty());
}

TEST(Influence, ANewSiteHoldsNothingBack) {
    std::vector<Deed> deeds;
    for (PersonIndex person = 0; person < 50; ++person)
        deeds.push_back({person, {.item = 0, .time = person}});
    const Influence bounded = within_influence(made_of(std::move(deeds), 50, 1), kByHundreds);
    EXPECT_EQ(bounded.held_back, 0U);
    EXPECT_TRUE(bounded.suspects.empty());
}

TEST(Influence, YoungAccountsThatComeTogetherAreHeldBackAndSuspected) {
    std::vector<Deed> deeds = site(5);
    deeds.push_back({3, {.item = 9, .time = 410}});
    for (PersonIndex fake = 20; fake < 40; ++fake)
        deeds.push_back({fake, {.item = 9, .time = 420 + fake}});
    const Influence bounded = within_influence(made_of(std::move(deeds), 40, 10), kByHundreds);
    ASSERT_EQ(bounded.suspects.size(), 20U);
    EXPECT_EQ(bounded.suspects.front(), 20U);
    // The old account, and the two that are let through at most.
    EXPECT_LE(people_of(bounded.interactions, 9), 3U);
    EXPECT_EQ(people_of(bounded.interactions, 0), 20U);
}

TEST(Influence, OldAccountsAreLearnedFromWindowToWindow) {
    std::vector<Deed> rush = site(5);
    for (PersonIndex person = 0; person < 20; ++person)
        rush.push_back({person, {.item = 9, .time = 450 + person}});
    const Influence bounded = within_influence(made_of(rush, 20, 10), kByHundreds);
    EXPECT_EQ(people_of(bounded.interactions, 9), 2U);
    EXPECT_EQ(bounded.held_back, 18U);
    EXPECT_TRUE(bounded.suspects.empty());

    // Two people in one window let eight into the next, and those let 26 into the one after that.
    std::vector<Deed> steps = site(5);
    for (PersonIndex person = 0; person < 20; ++person)
        steps.push_back({person,
                         {.item = 9,
                          .time = (person < 2    ? 150
                                   : person < 10 ? 250
                                                 : 350) +
                                  person}});
    const Influence stepped = within_influence(made_of(std::move(steps), 20, 10), kByHundreds);
    EXPECT_EQ(people_of(stepped.interactions, 9), 20U);
}

TEST(Influence, PassingAnItemTakesAsManyAccountsAsItHasMorePeople) {
    // Whatever fakes do, an item has no more people than honest ones and fakes together.
    std::vector<Deed> deeds = site(5);
    for (PersonIndex fake = 20; fake < 29; ++fake)
        for (int i = 0; i < 30; ++i)
            deeds.push_back({fake, {.item = 9, .weight = 100, .time = fake * 10 + i}});
    const Influence bounded = within_influence(made_of(std::move(deeds), 29, 10), kByHundreds);
    EXPECT_LE(people_of(bounded.interactions, 9), 9U);
    EXPECT_LT(people_of(bounded.interactions, 9), people_of(bounded.interactions, 0));
}

TEST(Influence, WhatOnePersonAloneTouchedTeachesNothingHoweverOften) {
    std::vector<Deed> deeds{{0, {.item = 0, .time = 1}},
                            {1, {.item = 0, .time = 2}},
                            {1, {.item = 2, .time = 3}},
                            {2, {.item = 2, .weight = -1, .time = 4}}};
    for (int i = 0; i < 50; ++i) deeds.push_back({0, {.item = 1, .time = 10 + i}});
    const Interactions all = made_of(std::move(deeds), 3, 3);
    const Interactions two = without_rare_items(all, 2);
    EXPECT_EQ(people_of(two, 0), 2U);
    EXPECT_EQ(people_of(two, 1), 0U);
    EXPECT_EQ(people_of(two, 2), 0U) << "one for it and one against it are not two for it";
    EXPECT_EQ(two.size(), 2U);
    EXPECT_EQ(two.people(), 3U);
    EXPECT_EQ(two.items(), 3U);
    EXPECT_EQ(without_rare_items(all, 1).size(), 54U);
}

}  // namespace
}  // namespace attune::learn
