#include "learn/evaluate/touch_file.h"

#include <gtest/gtest.h>

namespace attune::learn {
namespace {

Result<Touches> read(std::string_view text, Vocabulary& vocabulary, std::size_t piece = SIZE_MAX,
                     TouchFile::Shape shape = {}) {
    TouchFile file(vocabulary, "log.csv", shape);
    while (!text.empty()) {
        const std::size_t size = std::min(piece, text.size());
        ATTUNE_TRY_VOID(file.feed(text.substr(0, size)));
        text.remove_prefix(size);
    }
    return std::move(file).finish();
}

std::string problem_of(std::string_view text) {
    Vocabulary vocabulary;
    const auto touches = read(text, vocabulary);
    return touches ? "" : touches.error().message;
}

TEST(TouchFile, ReadsColumnsInAnyOrderAndPassesOverOthers) {
    Vocabulary vocabulary;
    const auto touches = read(
        "item,color,time,user,weight\nhat,red,100,ann,2.5\n\"tea, "
        "green\",,2026-03-01T12:30:00Z,bob,\n",
        vocabulary);
    ASSERT_TRUE(touches) << touches.error().message;
    ASSERT_EQ(touches->deeds.size(), 2U);
    EXPECT_TRUE(touches->has_times);
    EXPECT_EQ(touches->deeds[0].touch.weight, 2.5F);
    EXPECT_EQ(touches->deeds[0].touch.time, 100);
    EXPECT_EQ(touches->deeds[1].touch.weight, 1);
    EXPECT_EQ(touches->deeds[1].touch.time, 1'772'368'200);
    EXPECT_EQ(vocabulary.items[touches->deeds[1].touch.item], "tea, green");
}

TEST(TouchFile, GivesTheSameForPiecesOfAnySize) {
    const std::string_view text = "user\titem\r\na\tx\r\nb\ty\r\na\ty";
    for (std::size_t piece = 1; piece < text.size(); ++piece) {
        Vocabulary vocabulary;
        const auto touches = read(text, vocabulary, piece);
        ASSERT_TRUE(touches) << touches.error().message;
        ASSERT_EQ(touches->deeds.size(), 3U) << piece;
        EXPECT_EQ(touches->deeds[2].person, 0U);
        EXPECT_EQ(touches->deeds[2].touch.item, 1U);
    }
}

TEST(TouchFile, WithoutTimesTheOrderOfRowsIsTheOrderInTimeAcrossFiles) {
    Vocabulary vocabulary;
    const auto first = read("user,item\na,x\na,y\n", vocabulary);
    const auto second = read("user,item\na,z\n", vocabulary);
    ASSERT_TRUE(first && second);
    EXPECT_LT(first->deeds[1].touch.time, second->deeds[0].touch.time);
    EXPECT_EQ(second->deeds[0].touch.item, 2U);
}

TEST(TouchFile, NamesTheLineAndColumnOfWhatIsWrong) {
    EXPECT_EQ(problem_of("user,item,weight\na,x,1\nb,y,much\n"),
              "log.csv, line 3, column weight: must be a number");
    EXPECT_EQ(problem_of("user,item,time\na,x,\n"),
              "log.csv, line 2, column time: must be seconds since 1970, or as "
              "2026-03-01T12:30:00Z");
    EXPECT_EQ(problem_of("user,item\n,x\n"), "log.csv, line 2, column user: is empty");
    EXPECT_EQ(problem_of("user,item\na,\n"), "log.csv, line 2, column item: is empty");
    EXPECT_EQ(problem_of("user,thing\na,x\n"),
              "log.csv, line 1, column item: is not in the header, which must name the columns");
    EXPECT_EQ(problem_of("user,item,item\na,x,x\n"),
              "log.csv, line 1, column item: comes twice in the header");
    EXPECT_TRUE(problem_of("user,item\na,x\nb\n").starts_with("log.csv, line 3: "));
    EXPECT_TRUE(problem_of("user,item,weight\na,x,inf\n").ends_with("must be a number"));
    EXPECT_EQ(problem_of(""), "log.csv is empty: it needs a header");
}

TEST(TouchFile, ReadsTheGroupsOfPeople) {
    Vocabulary vocabulary;
    ASSERT_TRUE(read("user,item\na,x\nb,y\n", vocabulary));
    ASSERT_TRUE(read("user,group\nb,old\na,young\n", vocabulary, SIZE_MAX,
                     {.needs_item = false, .needs_group = true}));
    EXPECT_EQ(vocabulary.groups[vocabulary.group_of[0]], "young");
    EXPECT_EQ(vocabulary.groups[vocabulary.group_of[1]], "old");
    EXPECT_EQ(vocabulary.items.size(), 2U);
}

}  // namespace
}  // namespace attune::learn
