#include "learn/neighbours/user_knn.h"

#include "tests/learn/recommend/recommender_contract.h"

#include <algorithm>

namespace attune::learn {
namespace {

// Items of three people: {0, 1}, {0, 1, 2, 3}, {3}.
Interactions three_people() {
    auto made = Interactions::of({{0, {.item = 0}},
                                  {0, {.item = 1}},
                                  {1, {.item = 0}},
                                  {1, {.item = 1}},
                                  {1, {.item = 2}},
                                  {1, {.item = 3}},
                                  {2, {.item = 3}}},
                                 3, 4);
    EXPECT_TRUE(made);
    return *std::move(made);
}

const Settings::Given kCosine{{"damping", 0}, {"popularity", 0}};
const std::vector<Touch> kZeroAndOne{{.item = 0}, {.item = 1}};

TEST(UserKnn, KeepsTheContract) {
    check_recommender(kUserKnn, {});
    check_recommender(kUserKnn, {.settings = {{"neighbours", 20}, {"sharpness", 2}}});
}

// The cosines with {0, 1} are 1, 2 ÷ √(2 × 4) and none.
TEST(UserKnn, ScoresAsComputedByHand) {
    const auto made = three_people();
    const auto scores = scores_of(*learned(kUserKnn, {made}, kCosine), {.history = kZeroAndOne});
    const float other = 2 / std::sqrt(8.0F);
    EXPECT_FLOAT_EQ(scores[0], 1 + other);
    EXPECT_FLOAT_EQ(scores[2], other);
    EXPECT_FLOAT_EQ(scores[3], other);
}

TEST(UserKnn, WhatEverybodyHasMakesPeopleLessAlike) {
    const auto made = three_people();
    const auto model =
        learned(kUserKnn, {made}, {{"damping", 1}, {"length", 0}, {"popularity", 0}});
    const auto people = similar_people(*model, std::vector<Touch>{{.item = 3}}, 3);
    ASSERT_EQ(people.size(), 2U);
    // Item 3 weighs ½; alike by ½ ÷ √½.
    EXPECT_FLOAT_EQ(people[0].likeness, std::sqrt(0.5F));
}

TEST(SimilarPeople, AreThoseMostAlikeWithoutOneself) {
    const auto made = three_people();
    const auto model = learned(kUserKnn, {made}, kCosine);
    const auto all = similar_people(*model, kZeroAndOne, 5);
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(all[0].person, 0U);
    EXPECT_FLOAT_EQ(all[0].likeness, 1);
    EXPECT_EQ(all[1].person, 1U);
    const auto others = similar_people(*model, kZeroAndOne, 5, 0);
    ASSERT_EQ(others.size(), 1U);
    EXPECT_EQ(others[0].person, 1U);
    EXPECT_TRUE(similar_people(*model, {}, 5).empty());
    EXPECT_EQ(similar_people(*model, kZeroAndOne, 1).size(), 1U);
}

TEST(SimilarPeople, AreTheSameHoweverManyAreMet) {
    // With many people the few who share something are found without looking at everybody.
    std::vector<Deed> deeds;
    for (PersonIndex person = 0; person < 2'000; ++person)
        for (ItemIndex i = 0; i < 4; ++i)
            deeds.push_back({person, {.item = (person * 7 + i * i * 13) % 500}});
    const auto made = Interactions::of(std::move(deeds), 2'000, 500);
    ASSERT_TRUE(made);
    const auto model = learned(kUserKnn, {*made}, kCosine);
    const History history = made->of_person(77);
    const auto people = similar_people(*model, history, 2'000);
    ASSERT_FALSE(people.empty());
    EXPECT_LT(people.size(), 2'000U / 16);
    EXPECT_EQ(people.front().person, 77U);
    for (const SimilarPerson& one : people) {
        std::size_t shared = 0;
        for (const Touch& theirs : made->of_person(one.person))
            shared += std::ranges::count(history, theirs.item, &Touch::item) > 0 ? 1 : 0;
        EXPECT_FLOAT_EQ(one.likeness, static_cast<float>(shared) / 4);
    }
}

}  // namespace
}  // namespace attune::learn
