#include "learn/neighbours/item_rows.h"

#include <gtest/gtest.h>

namespace attune::learn {
namespace {

SparseRows three_rows() {
    return {.begins = {0, 2, 3, 3}, .columns = {1, 2, 2}, .values = {0.5F, 1, 2}, .width = 3};
}

TEST(ReadHistory, TakesEachItemAsOfItsLatestTouch) {
    const std::vector<Touch> history{{.item = 0}, {.item = 1}, {.item = 0}, {.item = 2}};
    const auto read = read_history(history, {.step_decay = 0.5F}, 3);
    EXPECT_EQ(read, (std::vector<ItemWeight>{{2, 1}, {0, 0.5F}, {1, 0.25F}}));
}

TEST(ReadHistory, PassesOverWhatIsUnknownOrDisliked) {
    const std::vector<Touch> history{{.item = 7}, {.item = 1, .weight = -1}, {.item = 2}};
    EXPECT_EQ(read_history(history, {}, 3), (std::vector<ItemWeight>{{2, 1}}));
}

TEST(ReadHistory, KeepsTheLastItemsAndSumsTheirWeights) {
    const std::vector<Touch> history{
        {.item = 0}, {.item = 1, .weight = 3}, {.item = 2}, {.item = 1, .weight = 2}};
    EXPECT_EQ(read_history(history, {.last = 2, .by_weight = true}, 3),
              (std::vector<ItemWeight>{{1, 5}, {2, 1}}));
}

TEST(ItemRows, AnswersWithTheSumOfTheListsOfAHistory) {
    const ItemRows model("rows", three_rows(), {});
    const std::vector<Touch> history{{.item = 0}, {.item = 1}};
    std::vector<float> scores(3);
    model.score({.history = history}, scores);
    EXPECT_EQ(scores, (std::vector<float>{0, 0.5F, 3}));
    EXPECT_EQ(model.best({.history = history}, 5, ItemMask(3)),
              (std::vector<Scored>{{2, 3}, {1, 0.5F}}));
    EXPECT_TRUE(model.best({}, 5, ItemMask(3)).empty());
}

TEST(ItemRows, RefusesRowsThatDoNotFitTogether) {
    SparseRows rows = three_rows();
    rows.columns[2] = 9;
    ModelWriter writer("rows", 1);
    put_rows(writer, "rows", rows);
    const std::string bytes = std::move(writer).finish();
    const auto reader = ModelReader::open(bytes);
    ASSERT_TRUE(reader);
    const auto read = read_rows(*reader, "rows");
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code, Code::data_loss);
}

}  // namespace
}  // namespace attune::learn
