#include "learn/factors/svd.h"

#include "tests/learn/recommend/recommender_contract.h"

#include <gtest/gtest.h>

namespace attune::learn {
namespace {

TEST(Svd, KeepsTheContract) { check_recommender(kSvd, {.settings = {{"factors", 2}}}); }

TEST(Svd, ProjectsAsByHand) {
    // Three people touched items 0 and 1, one touched 2 and 3: the first axis is (1, 1, 0, 0)/√2 and the second the other pair.
    std::vector<Deed> deeds;
    for (PersonIndex person = 0; person < 3; ++person)
        for (const ItemIndex item : {0U, 1U}) deeds.push_back({person, {.item = item}});
    for (const ItemIndex item : {2U, 3U}) deeds.push_back({3, {.item = item}});
    const auto made = Interactions::of(std::move(deeds), 4, 4);
    ASSERT_TRUE(made);
    const auto model =
        learned(kSvd, {*made}, {{"factors", 1}, {"item_damping", 0}, {"person_damping", 0}});
    const Touch first{.item = 0};
    const Touch last{.item = 3};
    const auto near_first = scores_of(*model, {.history = {&first, 1}});
    EXPECT_NEAR(near_first[0], 0.5, 1e-5);
    EXPECT_NEAR(near_first[1], 0.5, 1e-5);
    EXPECT_NEAR(near_first[2], 0, 1e-5);
    EXPECT_NEAR(scores_of(*model, {.history = {&last, 1}})[2], 0, 1e-5);
    // Nobody known gets the mean of all: of 4 people, 3 touched each of the first two.
    EXPECT_NEAR(scores_of(*model, {})[0], 0.75, 1e-5);

    const auto both =
        learned(kSvd, {*made}, {{"factors", 4}, {"item_damping", 0}, {"person_damping", 0}});
    EXPECT_NEAR(scores_of(*both, {.history = {&last, 1}})[2], 0.5, 1e-5);
}

}  // namespace
}  // namespace attune::learn
