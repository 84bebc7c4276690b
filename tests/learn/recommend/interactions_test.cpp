#include "learn/recommend/interactions.h"

#include <gtest/gtest.h>

#include <limits>

namespace attune::learn {
namespace {

TEST(Interactions, GivesEachPersonTheirHistoryOldestFirst) {
    const auto made = Interactions::of({{.person = 1, .touch = {.item = 2, .time = 30}},
                                        {.person = 0, .touch = {.item = 0, .time = 20}},
                                        {.person = 1, .touch = {.item = 1, .time = 10}},
                                        {.person = 1, .touch = {.item = 0, .time = 30}}},
                                       3, 3);
    ASSERT_TRUE(made);
    EXPECT_EQ(made->people(), 3U);
    EXPECT_EQ(made->size(), 4U);
    const History history = made->of_person(1);
    ASSERT_EQ(history.size(), 3U);
    EXPECT_EQ(history[0].item, 1U);
    EXPECT_EQ(history[1].item, 2U);  // of one moment: as they came
    EXPECT_EQ(history[2].item, 0U);
    EXPECT_TRUE(made->of_person(2).empty());
}

TEST(Interactions, MatrixSumsAPairAndLeavesOutWhatIsNotPositive) {
    const auto made = Interactions::of({{.person = 0, .touch = {.item = 2, .weight = 1}},
                                        {.person = 0, .touch = {.item = 0, .weight = -1}},
                                        {.person = 0, .touch = {.item = 2, .weight = 0.5F}}},
                                       2, 3);
    ASSERT_TRUE(made);
    const SparseRows matrix = made->matrix();
    ASSERT_EQ(matrix.rows(), 2U);
    EXPECT_EQ(matrix.width, 3U);
    ASSERT_EQ(matrix.columns_of(0).size(), 1U);
    EXPECT_EQ(matrix.columns_of(0)[0], 2U);
    EXPECT_EQ(matrix.values_of(0)[0], 1.5F);
    EXPECT_TRUE(matrix.columns_of(1).empty());
}

TEST(Interactions, TransposingTwiceIsNothing) {
    const auto made = Interactions::of({{.person = 0, .touch = {.item = 2}},
                                        {.person = 1, .touch = {.item = 0}},
                                        {.person = 1, .touch = {.item = 2}}},
                                       2, 4);
    ASSERT_TRUE(made);
    const SparseRows matrix = made->matrix();
    const SparseRows by_item = matrix.transposed();
    ASSERT_EQ(by_item.rows(), 4U);
    ASSERT_EQ(by_item.columns_of(2).size(), 2U);
    const SparseRows back = by_item.transposed();
    EXPECT_EQ(back.columns, matrix.columns);
    EXPECT_EQ(back.begins, matrix.begins);
    EXPECT_EQ(back.values, matrix.values);
}

TEST(Interactions, RefusesNumbersPastTheirCountAndWeightsThatAreNone) {
    EXPECT_FALSE(Interactions::of({{.person = 2, .touch = {.item = 0}}}, 2, 3));
    EXPECT_FALSE(Interactions::of({{.person = 0, .touch = {.item = 3}}}, 2, 3));
    EXPECT_FALSE(Interactions::of(
        {{.person = 0, .touch = {.item = 0, .weight = std::numeric_limits<float>::quiet_NaN()}}}, 2,
        3));
}

}  // namespace
}  // namespace attune::learn
