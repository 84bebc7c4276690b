#include "base/csv.h"

#include "base/random.h"

#include <gtest/gtest.h>

namespace attune::base {
namespace {

struct Seen {
    std::uint64_t line;
    std::vector<std::string> fields;
    std::string error;
    std::string raw;
};

std::vector<Seen> read(std::string_view text, CsvOptions options = {},
                       std::size_t piece = 1 << 20) {
    std::vector<Seen> rows;
    const auto visit = [&](const CsvRow& row) {
        rows.push_back({row.line,
                        {row.fields.begin(), row.fields.end()},
                        row.error ? row.error->message : "",
                        std::string(row.raw)});
    };
    CsvReader reader(options);
    for (; !text.empty(); text.remove_prefix(std::min(piece, text.size())))
        reader.feed(text.substr(0, piece), visit);
    reader.finish(visit);
    return rows;
}

using Fields = std::vector<std::string>;

TEST(Csv, ReadsRowsWithEitherNewlineAndWithoutALastOne) {
    const auto rows = read("a,b\r\n1,2\n\n3,4");
    ASSERT_EQ(rows.size(), 3u);
    EXPECT_EQ(rows[0].fields, (Fields{"a", "b"}));
    EXPECT_EQ(rows[1].fields, (Fields{"1", "2"}));
    EXPECT_EQ(rows[2].fields, (Fields{"3", "4"}));
    EXPECT_EQ(rows[2].line, 4u);
    EXPECT_EQ(rows[2].raw, "3,4");
}

TEST(Csv, KeepsQuotedDelimitersQuotesAndNewlines) {
    const auto rows = read("\"a,b\",\"say \"\"hi\"\"\",\"two\r\nlines\"\nx,,\"\"\n");
    ASSERT_EQ(rows.size(), 2u);
    EXPECT_EQ(rows[0].fields, (Fields{"a,b", "say \"hi\"", "two\r\nlines"}));
    EXPECT_EQ(rows[1].fields, (Fields{"x", "", ""}));
    EXPECT_EQ(rows[1].line, 3u);
}

TEST(Csv, SkipsAByteOrderMarkInPiecesAndKeepsWhatOnlyLooksLikeOne) {
    EXPECT_EQ(read("\xEF\xBB\xBFid\n", {}, 1)[0].fields, (Fields{"id"}));
    EXPECT_EQ(read("\xEF\xBBid\n", {}, 1)[0].fields, (Fields{"\xEF\xBBid"}));
    EXPECT_EQ(read("\xEF\xBB", {}, 1)[0].fields, (Fields{"\xEF\xBB"}));
    EXPECT_TRUE(read("\xEF\xBB\xBF").empty());
}

TEST(Csv, ReportsABadRowAndReadsTheNextOne) {
    const std::pair<std::string, std::string> cases[] = {
        {"a\"b,c", "line 2: a quote inside a field that does not begin with one"},
        {"\"a\"b,c", "line 2: text after a closing quote"},
        {"a\rb,c", "line 2: a carriage return without a newline"},
        {"1,2,3", "line 2: the row has 3 fields, the first one 2"},
        {"1", "line 2: the row has 1 fields, the first one 2"},
    };
    for (const auto& [bad, message] : cases) {
        for (const std::string newline : {"\n", "\r\n"}) {
            const auto rows = read("h,k" + newline + bad + newline + "x,y" + newline);
            ASSERT_EQ(rows.size(), 3u) << bad;
            EXPECT_EQ(rows[1].error, message);
            EXPECT_EQ(rows[1].raw, bad);
            EXPECT_TRUE(rows[1].fields.empty());
            EXPECT_EQ(rows[2].fields, (Fields{"x", "y"})) << bad;
        }
    }
}

TEST(Csv, ReportsAQuoteLeftOpen) {
    const auto rows = read("a\n\"b\nc\n");
    ASSERT_EQ(rows.size(), 2u);
    EXPECT_EQ(rows[1].error, "line 2: a quote is still open at the end");
}

TEST(Csv, HoldsItsLimits) {
    const CsvOptions small{
        .field_bytes_max = 4, .row_bytes_max = 10, .fields_max = 3, .same_width = false};
    EXPECT_EQ(read("1234\n", small)[0].error, "");
    EXPECT_EQ(read("12345\nok\n", small)[0].error, "line 1: a field is longer than 4 bytes");
    EXPECT_EQ(read("12345\nok\n", small)[1].fields, (Fields{"ok"}));
    EXPECT_EQ(read("1,2,3,4\nok\n", small)[0].error, "line 1: a row has more than 3 fields");
    EXPECT_EQ(read("1234,1234,12\nok\n", small)[0].error, "line 1: a row is longer than 10 bytes");
    // An open quote takes no more memory than a row may, and gives way at the next newline.
    const auto rows = read("\"" + std::string(1000, 'x') + "\nok\n", small);
    EXPECT_LE(rows[0].raw.size(), 12u);
    EXPECT_EQ(rows.back().fields, (Fields{"ok"}));
}

TEST(Csv, TakesAnotherDelimiter) {
    EXPECT_EQ(read("a,b;c\n", {.delimiter = ';'})[0].fields, (Fields{"a,b", "c"}));
    EXPECT_EQ(read("a b\tc\n", {.delimiter = '\t'})[0].fields, (Fields{"a b", "c"}));
}

std::string written(const std::vector<Fields>& table, Random& random) {
    std::string text;
    for (const Fields& row : table) {
        for (std::size_t i = 0; i < row.size(); ++i) {
            if (i > 0) text += ',';
            const bool quote = row[i].find_first_of(",\"\r\n") != std::string::npos ||
                               row.size() == 1 || random.below(4) == 0;
            if (quote) text += '"';
            for (const char c : row[i]) text.append(c == '"' ? "\"\"" : std::string(1, c));
            if (quote) text += '"';
        }
        text += random.below(2) == 0 ? "\n" : "\r\n";
    }
    return text;
}

TEST(Csv, ReadsBackWhateverWasWrittenInPiecesOfAnySize) {
    for (std::uint64_t seed = 1; seed <= 300; ++seed) {
        SeededRandom random(seed);
        std::vector<Fields> table(1 + random.below(5), Fields(1 + random.below(4)));
        const std::size_t width = table[0].size();
        for (Fields& row : table) {
            row.resize(width);
            for (std::string& field : row) {
                for (std::uint64_t n = random.below(6); n > 0; --n)
                    field += "ab,\"\r\n \xC3"[random.below(8)];
            }
        }
        const auto rows = read(written(table, random), {}, 1 + random.below(7));
        ASSERT_EQ(rows.size(), table.size()) << "seed " << seed;
        for (std::size_t i = 0; i < rows.size(); ++i) {
            EXPECT_EQ(rows[i].error, "") << "seed " << seed;
            EXPECT_EQ(rows[i].fields, table[i]) << "seed " << seed;
        }
    }
}

}  // namespace
}  // namespace attune::base
