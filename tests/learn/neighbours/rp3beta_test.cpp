#include "learn/neighbours/rp3beta.h"

#include "tests/learn/recommend/recommender_contract.h"

namespace attune::learn {
namespace {

TEST(Rp3Beta, KeepsTheContract) { check_recommender(kRp3Beta, {}); }

// Person 0 touched items 0 and 1, person 1 items 0, 1 and 2. From item 0 (two people), by hand with alpha 1 and beta 1:
//   to 1 (two people): ½ × (½ + ⅓) ÷ 2,   to 2 (one): ½ × ⅓ ÷ 1
TEST(Rp3Beta, WeighsAWalkAsComputedByHand) {
    const auto made = Interactions::of(
        {{0, {.item = 0}}, {0, {.item = 1}}, {1, {.item = 0}}, {1, {.item = 1}}, {1, {.item = 2}}},
        2, 3);
    ASSERT_TRUE(made);
    const auto model = learned(kRp3Beta, {*made}, {{"alpha", 1}, {"beta", 1}});
    const std::vector<Touch> zero{{.item = 0}};
    const auto scores = scores_of(*model, {.history = zero});
    EXPECT_EQ(scores[0], 0);
    EXPECT_FLOAT_EQ(scores[1], 0.5F * (5.0F / 6) / 2);
    EXPECT_FLOAT_EQ(scores[2], 0.5F / 3);
    // Without beta nothing is held back for being popular.
    const auto open =
        scores_of(*learned(kRp3Beta, {*made}, {{"alpha", 1}, {"beta", 0}}), {.history = zero});
    EXPECT_FLOAT_EQ(open[1], 0.5F * (5.0F / 6));
}

}  // namespace
}  // namespace attune::learn
