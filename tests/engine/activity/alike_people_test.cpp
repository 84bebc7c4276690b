#include "engine/activity/alike_people.h"

#include <gtest/gtest.h>

#include <cmath>

namespace attune::engine {
namespace {

constexpr std::uint32_t kNow = 1'740'000'000;

store::PersonId id(std::uint8_t number) {
    store::PersonId made;
    made.bytes[0] = made.bytes[8] = number;
    return made;
}

class AlikePeople : public testing::Test {
protected:
    PersonIndex likes(std::uint8_t who, std::initializer_list<ItemNumber> items) {
        const PersonIndex person = book_.person(id(who));
        for (const ItemNumber item : items)
            book_.touch(person, {.item = item, .weight = 1, .time = kNow});
        return person;
    }
    static std::vector<learn::Touch> history(std::initializer_list<ItemNumber> items) {
        std::vector<learn::Touch> touches;
        for (const ItemNumber item : items)
            touches.push_back({.item = item, .weight = 1, .time = kNow});
        return touches;
    }

    TouchBook book_;
    learn::ItemMask all_{100, true};
};

TEST_F(AlikePeople, WhoHasTheSameTasteIsMostAlikeAndWhoHasNothingInCommonIsNot) {
    const PersonIndex twin = likes(1, {1, 2, 3});
    const PersonIndex half = likes(2, {1, 2, 7, 8});
    likes(3, {9});
    const auto alike = alike_people(book_, history({1, 2, 3}), 10);
    ASSERT_EQ(alike.size(), 2U);
    EXPECT_EQ(alike[0].person, twin);
    EXPECT_EQ(alike[0].in_common, 3U);
    // All of both is in common: only how few items that are speaks against it.
    EXPECT_NEAR(alike[0].likeness, 3.0 / 5, 1e-6);
    EXPECT_EQ(alike[1].person, half);
    const auto square = [](double people) { return std::pow(std::log1p(3 / people), 2); };
    const double mine = 2 * square(2) + square(1);
    const double theirs = 2 * square(2) + 2 * square(1);
    EXPECT_NEAR(alike[1].likeness, 2 * square(2) / std::sqrt(mine * theirs) * 2 / 4, 1e-6);
    EXPECT_EQ(alike_people(book_, history({1, 2, 3}), 1).size(), 1U);
}

TEST_F(AlikePeople, WhatEverybodyLikesSaysLessThanWhatFewDo) {
    for (std::uint8_t who = 10; who < 60; ++who) likes(who, {1});
    const PersonIndex rare = likes(1, {5, 6});
    const PersonIndex common = likes(2, {1, 6});
    const auto alike = alike_people(book_, history({1, 5}), 60);
    ASSERT_GE(alike.size(), 2U);
    EXPECT_EQ(alike[0].person, rare);
    EXPECT_NE(std::ranges::find(alike, common, &AlikePerson::person), alike.end());
}

TEST_F(AlikePeople, ADislikeIsNotInCommon) {
    const PersonIndex other = book_.person(id(1));
    book_.touch(other, {.item = 1, .weight = -1, .time = kNow});
    EXPECT_TRUE(alike_people(book_, history({1}), 10).empty());
    likes(2, {1});
    std::vector<learn::Touch> against = history({1});
    against[0].weight = -1;
    EXPECT_TRUE(alike_people(book_, against, 10).empty());
}

TEST_F(AlikePeople, WhoIsForgottenIsNobodysPeer) {
    likes(1, {1, 2});
    ASSERT_TRUE(book_.forget(id(1)));
    EXPECT_TRUE(alike_people(book_, history({1, 2}), 10).empty());
}

TEST_F(AlikePeople, WhatOnePersonAloneLikedIsToldToNobody) {
    likes(1, {1, 2, 30});
    likes(2, {1, 2, 40});
    likes(3, {1, 2, 40});
    const auto liked = liked_by_alike(book_, history({1, 2}), 10, all_, 2);
    ASSERT_EQ(liked.size(), 1U);
    EXPECT_EQ(liked[0].item, 40U);
    all_.forbid(40);
    EXPECT_TRUE(liked_by_alike(book_, history({1, 2}), 10, all_, 2).empty());
}

TEST_F(AlikePeople, WhoIsMoreAlikeHasMoreSay) {
    likes(1, {1, 2, 3, 30});
    likes(2, {1, 2, 3, 30});
    likes(3, {1, 8, 9, 40});
    likes(4, {1, 8, 9, 40});
    const auto liked = liked_by_alike(book_, history({1, 2, 3}), 1, all_, 2);
    ASSERT_EQ(liked.size(), 1U);
    EXPECT_EQ(liked[0].item, 30U);
}

TEST_F(AlikePeople, NobodysHistoryHasNoPeers) {
    likes(1, {1});
    EXPECT_TRUE(alike_people(book_, {}, 10).empty());
    EXPECT_TRUE(liked_by_alike(book_, {}, 10, all_, 1).empty());
}

}  // namespace
}  // namespace attune::engine
