#include "learn/factors/bpr.h"

#include "learn/factors/bpr_step.h"
#include "tests/learn/recommend/recommender_contract.h"

#include <gtest/gtest.h>

namespace attune::learn {
namespace {

TEST(Bpr, KeepsTheContract) {
    check_recommender(kBpr, {.settings = {{"factors", 8}, {"epochs", 100}}});
}

TEST(Bpr, AStepIsAsByHand) {
    // x = (1, 0 | 1) puts touched = (0, 1 | 0) and other = (0, 0 | 0) level: the error is a half.
    std::vector<float> x{1, 0, 1};
    const std::vector<float> touched{0, 1, 0};
    const std::vector<float> other{0, 0, 0};
    EXPECT_EQ(bpr_error(x, touched, other), 0.5F);
    bpr_move_person(x, touched, other, 0.5F, {.learning = 0.1F, .regularization = 0.2F});
    EXPECT_FLOAT_EQ(x[0], 1 - 0.1F * 0.2F);
    EXPECT_FLOAT_EQ(x[1], 0.1F * 0.5F);
    EXPECT_EQ(x[2], 1);
    // Now it is put above by x·touched = 0.05.
    EXPECT_FLOAT_EQ(bpr_error(x, touched, other), 1 / (1 + std::exp(0.05F)));
}

TEST(Bpr, AnotherItemIsNoneOfThoseTouched) {
    const std::vector<std::uint32_t> touched{0, 1, 2, 5, 6};
    Draws draws(1, 1);
    std::vector<int> drawn(8);
    for (int i = 0; i < 3000; ++i) ++drawn[draw_other(touched, 8, draws)];
    for (const std::uint32_t item : touched) EXPECT_EQ(drawn[item], 0);
    for (const std::uint32_t item : {3, 4, 7}) EXPECT_NEAR(drawn[item], 1000, 120);
    // Somebody who touched everything ends as well.
    EXPECT_LT(draw_other(std::vector<std::uint32_t>{0, 1}, 2, draws), 2U);
}

TEST(Bpr, WhoDidNothingYetGetsWhatManyTouched) {
    std::vector<Deed> deeds;
    for (PersonIndex person = 0; person < 40; ++person) {
        deeds.push_back({person, {.item = 3}});
        deeds.push_back({person, {.item = person % 3}});
    }
    const auto made = Interactions::of(std::move(deeds), 40, 6);
    ASSERT_TRUE(made);
    EXPECT_EQ(learned(kBpr, {*made}, {{"factors", 4}})->best({}, 1, ItemMask(6)).front().item, 3U);
}

}  // namespace
}  // namespace attune::learn
