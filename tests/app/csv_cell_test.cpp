#include "app/csv_cell.h"

#include "base/csv.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace attune::app {
namespace {

std::string cell(std::string_view text) {
    std::string row;
    append_cell(row, text);
    return row;
}

TEST(CsvCell, PlainTextStaysAsItIs) {
    EXPECT_EQ(cell("boots"), "boots");
    EXPECT_EQ(cell(""), "");
    EXPECT_EQ(cell("a=b"), "a=b");
}

TEST(CsvCell, QuotesWhatRfc4180Asks) {
    EXPECT_EQ(cell("a,b"), "\"a,b\"");
    EXPECT_EQ(cell("say \"hi\""), "\"say \"\"hi\"\"\"");
    EXPECT_EQ(cell("two\nlines"), "\"two\nlines\"");
    EXPECT_EQ(cell(" padded"), "\" padded\"");
}

TEST(CsvCell, AFormulaIsNeverOne) {
    EXPECT_EQ(cell("=1+1"), "'=1+1");
    EXPECT_EQ(cell("+49 170"), "'+49 170");
    EXPECT_EQ(cell("-2"), "'-2");
    EXPECT_EQ(cell("@SUM(A1)"), "'@SUM(A1)");
    EXPECT_EQ(cell("\tx"), "\"'\tx\"");
    EXPECT_EQ(cell("\rx"), "\"'\rx\"");
    EXPECT_EQ(cell(std::string_view("\0x", 2)), std::string("\"'\0x\"", 5));
    EXPECT_EQ(cell("=HYPERLINK(\"x\",\"y\")"), "\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\"");
}

TEST(CsvCell, AQuoteBeforeWhatWouldBeAFormulaIsTold) {
    EXPECT_EQ(cell("'=1"), "''=1");
    EXPECT_EQ(cell("'tis"), "'tis");
    EXPECT_EQ(unguarded("'=1"), "=1");
    EXPECT_EQ(unguarded("''=1"), "'=1");
    EXPECT_EQ(unguarded("'tis"), "'tis");
    EXPECT_EQ(unguarded("'"), "'");
    EXPECT_EQ(unguarded("=1"), "=1") << "what another program wrote without a guard";
    EXPECT_EQ(unguarded(""), "");
}

// Whatever an id is: the cell begins with no formula, and reading it gives the id back.
TEST(CsvCell, EveryTextComesBackAndNoneIsAFormula) {
    constexpr std::string_view kLetters("'=+-@\t\r\n\0\",; aé", 15);
    const auto seed = static_cast<std::uint32_t>(testing::UnitTest::GetInstance()->random_seed());
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    for (int round = 0; round < 20'000; ++round) {
        std::string text;
        for (std::size_t left = random() % 6; left > 0; --left)
            text += kLetters[random() % kLetters.size()];
        const std::string row = "x," + cell(text) + "\n";
        const std::string_view shown =
            std::string_view(row).substr(row.starts_with("x,\"") ? 3 : 2);
        ASSERT_EQ(std::string_view("=+-@\t\r\0", 7).find(shown.front()), std::string_view::npos)
            << row;
        std::vector<std::string> read;
        base::CsvReader reader;
        const auto visit = [&read](const base::CsvRow& one) {
            ASSERT_FALSE(one.error) << one.error->message;
            for (const auto field : one.fields) read.emplace_back(unguarded(field));
        };
        reader.feed(row, visit);
        reader.finish(visit);
        ASSERT_EQ(read, (std::vector<std::string>{"x", text})) << row;
    }
}

TEST(CsvCell, NumbersAreNotGuarded) {
    std::string row;
    append_number_cell(row, -2.5);
    EXPECT_EQ(row, "-2.5");
}

}  // namespace
}  // namespace attune::app
