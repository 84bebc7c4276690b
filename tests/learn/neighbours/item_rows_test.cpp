#include "learn/neighbours/item_rows.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace attune::learn {
namespace {

SparseRows three_rows() {
    return {.begins = {0, 2, 3, 3}, .columns = {1, 2, 2}, .values = {0.5F, 1, 2}, .width = 3};
}

TEST(ReadHistory, TakesEachItemAsOfItsLatestTouch) {
    const std::vector<Touch> history{{.item = 0}, {.item = 1}, {.item = 0}, {.item = 2}};
    const auto read = read_history(history, {.step_decay = 0.5F}, 3);
    EXPECT_EQ(read, (std::vector<RowWeight>{{2, 1}, {0, 0.5F}, {1, 0.25F}}));
}

TEST(ReadHistory, PassesOverWhatIsUnknownOrDisliked) {
    const std::vector<Touch> history{{.item = 7}, {.item = 1, .weight = -1}, {.item = 2}};
    EXPECT_EQ(read_history(history, {}, 3), (std::vector<RowWeight>{{2, 1}}));
}

TEST(ReadHistory, KeepsTheLastItemsAndSumsTheirWeights) {
    const std::vector<Touch> history{
        {.item = 0}, {.item = 1, .weight = 3}, {.item = 2}, {.item = 1, .weight = 2}};
    EXPECT_EQ(read_history(history, {.last = 2, .by_weight = true}, 3),
              (std::vector<RowWeight>{{1, 5}, {2, 1}}));
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

TEST(ItemRows, AnswersBitByBitAlikeWhetherListsAreShortOrLong) {
    // Each item of 600 leads to the 30 after it; one touch is a short list, forty are long ones.
    constexpr ItemIndex kItems = 600;
    SparseRows rows{.width = kItems};
    for (ItemIndex from = 0; from < kItems; ++from) {
        std::vector<ItemIndex> to;
        for (ItemIndex i = 1; i <= 30; ++i) to.push_back((from + i) % kItems);
        std::ranges::sort(to);
        for (const ItemIndex item : to) {
            rows.columns.push_back(item);
            rows.values.push_back(1 / static_cast<float>(1 + (item * 31 + from) % 17));
        }
        rows.begins.push_back(rows.columns.size());
    }
    const ItemRows model("rows", std::move(rows), {.step_decay = 0.9F});
    std::vector<Touch> history;
    for (ItemIndex i = 0; i < 40; ++i) {
        history.push_back({.item = i * 7 % kItems});
        std::vector<float> scores(kItems);
        model.score({.history = history}, scores);
        const auto best = model.best({.history = history}, kItems, ItemMask(kItems));
        for (const Scored& one : best) EXPECT_EQ(one.score, scores[one.item]);
        const std::vector<ItemIndex> some{1, 100, 250, 599};
        std::vector<float> few(some.size());
        model.score_some({.history = history}, some, few);
        for (std::size_t j = 0; j < some.size(); ++j) EXPECT_EQ(few[j], scores[some[j]]);
    }
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
