#include "learn/neighbours/item_knn.h"

#include "learn/neighbours/covisits.h"
#include "learn/neighbours/rp3beta.h"
#include "learn/neighbours/transitions.h"

#include "tests/learn/recommend/recommender_contract.h"

namespace attune::learn {
namespace {

constexpr int kCosine = 0;
constexpr int kJaccard = 1;
constexpr int kPearson = 2;
constexpr int kAdjusted = 3;

// Four people and three items, with ratings:      0   1   2
//                                        person 0  5   3   .
//                                        person 1  4   2   1
//                                        person 2  1   .   5
//                                        person 3  2   1   .
Interactions ratings() {
    auto made = Interactions::of({{0, {.item = 0, .weight = 5}},
                                  {0, {.item = 1, .weight = 3}},
                                  {1, {.item = 0, .weight = 4}},
                                  {1, {.item = 1, .weight = 2}},
                                  {1, {.item = 2, .weight = 1}},
                                  {2, {.item = 0, .weight = 1}},
                                  {2, {.item = 2, .weight = 5}},
                                  {3, {.item = 0, .weight = 2}},
                                  {3, {.item = 1, .weight = 1}}},
                                 4, 3);
    EXPECT_TRUE(made);
    return *std::move(made);
}

std::vector<float> similar_to_zero(Settings::Given given) {
    given.try_emplace("weighting", 1);
    given.try_emplace("shrinkage", 0);
    given.try_emplace("asymmetry", 0.5);
    const Interactions made = ratings();
    const std::vector<Touch> zero{{.item = 0}};
    return scores_of(*learned(kItemKnn, {made}, given), {.history = zero});
}

TEST(ItemKnn, KeepsTheContract) {
    check_recommender(kItemKnn, {});
    check_recommender(kItemKnn, {.settings = {{"similarity", kJaccard}, {"weighting", 0}}});
    check_recommender(kItemKnn, {.settings = {{"weighting", 2}}});
    check_recommender(kItemKnn, {.settings = {{"weighting", 3}, {"normalisation", 0.5}}});
}

TEST(ItemKnn, ComputesTheCosineAsByHand) {
    const auto scores = similar_to_zero({{"similarity", kCosine}});
    EXPECT_EQ(scores[0], 0);  // nothing is its own neighbour
    EXPECT_FLOAT_EQ(scores[1], 25 / (std::sqrt(46.0F) * std::sqrt(14.0F)));
    EXPECT_FLOAT_EQ(scores[2], 9 / (std::sqrt(46.0F) * std::sqrt(26.0F)));
    EXPECT_FLOAT_EQ(similar_to_zero({{"shrinkage", 4}})[1],
                    25 / (std::sqrt(46.0F) * std::sqrt(14.0F) + 4));
    // All of the norm is the recommended item's.
    EXPECT_FLOAT_EQ(similar_to_zero({{"asymmetry", 1}})[1], 25.0F / 14);
}

TEST(ItemKnn, ComputesJaccardAsByHand) {
    const auto scores = similar_to_zero({{"similarity", kJaccard}, {"weighting", 0}});
    EXPECT_FLOAT_EQ(scores[1], 3.0F / 4);
    EXPECT_FLOAT_EQ(scores[2], 2.0F / 4);
}

// Items 0 and 1 over the three people who rated both: (5, 3), (4, 2), (2, 1), whose correlation is .98198. Items 0 and 2
// move against each other, which is no reason to recommend.
TEST(ItemKnn, ComputesPearsonAsByHand) {
    const auto scores = similar_to_zero({{"similarity", kPearson}});
    EXPECT_NEAR(scores[1], 0.98198, 1e-5);
    EXPECT_EQ(scores[2], 0);
    EXPECT_NEAR(similar_to_zero({{"similarity", kPearson}, {"shrinkage", 1}})[1], 0.98198 * 3 / 4,
                1e-5);
}

// Less each person's mean (4, 7/3, 3, 1.5), item 0 is 1, 5/3, −2, ½ and item 1 is −1, −1/3, ·, −½: nobody thinks alike of them.
// Person 2 rates 0 and 2 against each other, person 1 too.
TEST(ItemKnn, AdjustsForHowHighSomebodyRates) {
    const auto scores = similar_to_zero({{"similarity", kAdjusted}});
    EXPECT_EQ(scores[1], 0);
    EXPECT_EQ(scores[2], 0);
}

TEST(ItemKnn, NobodyHasMoreSayForTouchingMore) {
    // Items 0 and 1 share one person who touches little, items 0 and 2 one who touches everything.
    std::vector<Deed> deeds{{0, {.item = 0}}, {0, {.item = 1}}};
    for (ItemIndex item = 0; item < 10; ++item)
        if (item != 1) deeds.push_back({1, {.item = item}});
    deeds.push_back({2, {.item = 1}});
    const auto made = Interactions::of(std::move(deeds), 3, 10);
    ASSERT_TRUE(made);
    const std::vector<Touch> zero{{.item = 0}};
    const auto alike =
        scores_of(*learned(kItemKnn, {*made}, {{"weighting", 0}}), {.history = zero});
    const auto shared = scores_of(*learned(kItemKnn, {*made}, {}), {.history = zero});
    EXPECT_GT(alike[2], alike[1] * 0.9F);
    EXPECT_LT(shared[2], shared[1] * 0.5F);
}

TEST(ItemKnn, RefusesWhatWouldNotFit) {
    const Interactions board = checkerboard(400, 400);
    for (const Learner* learner : {&kItemKnn, &kRp3Beta, &kCovisits, &kTransitions}) {
        const auto settings = Settings::of(*learner, {{"memory_gb", 0.001}});
        ASSERT_TRUE(settings);
        const auto model = learner->learn({board}, *settings, {});
        ASSERT_FALSE(model) << learner->name;
        EXPECT_EQ(model.error().code, Code::resource_exhausted);
    }
}

TEST(ItemKnn, AnswersWithWhatLooksAtTheItemsOfAHistory) {
    const auto made = ratings();
    // With one neighbour each, 1 and 2 look at 0, and 0 at 1.
    const auto model = learned(kItemKnn, {made}, {{"neighbours", 1}, {"weighting", 1}});
    const std::vector<Touch> two{{.item = 2}};
    EXPECT_TRUE(model->best({.history = two}, 3, ItemMask(3)).empty());
    const std::vector<Touch> zero{{.item = 0}};
    EXPECT_EQ(model->best({.history = zero}, 3, ItemMask(3)).size(), 2U);
}

}  // namespace
}  // namespace attune::learn
