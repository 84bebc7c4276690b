#include "app/csv_cell.h"

#include <gtest/gtest.h>

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

TEST(CsvCell, NumbersAreNotGuarded) {
    std::string row;
    append_number_cell(row, -2.5);
    EXPECT_EQ(row, "-2.5");
}

}  // namespace
}  // namespace attune::app
