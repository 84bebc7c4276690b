#include "base/lines.h"

#include "base/random.h"

#include <gtest/gtest.h>

#include <vector>

namespace attune::base {
namespace {

struct Seen {
    std::uint64_t number;
    std::string text;
    bool failed;
    bool operator==(const Seen&) const = default;
};

std::vector<Seen> read(std::string_view text, std::size_t line_bytes_max = 100,
                       std::size_t piece = 1 << 20) {
    std::vector<Seen> lines;
    const auto visit = [&](const Line& line) {
        lines.push_back({line.number, std::string(line.text), line.error.has_value()});
    };
    LineReader reader({.line_bytes_max = line_bytes_max});
    for (; !text.empty(); text.remove_prefix(std::min(piece, text.size())))
        reader.feed(text.substr(0, piece), visit);
    reader.finish(visit);
    return lines;
}

using Lines = std::vector<Seen>;

TEST(Lines, AreNumberedWithBlankOnesSkipped) {
    EXPECT_EQ(read("{}\r\n\n \t\r\n[]\n1"),
              (Lines{{1, "{}", false}, {4, "[]", false}, {5, "1", false}}));
    EXPECT_EQ(read(""), Lines{});
    EXPECT_EQ(read("\xEF\xBB\xBF{}"), (Lines{{1, "{}", false}}));
}

TEST(Lines, ThatAreTooLongCostNoOther) {
    EXPECT_EQ(
        read("12345\n1234\n123456789\r\n1234\r\n", 4),
        (Lines{{1, "1234", true}, {2, "1234", false}, {3, "1234", true}, {4, "1234", false}}));
}

TEST(Lines, MayHaveTheGreatestLengthBesideTheirMarkAndNewline) {
    const std::string_view text =
        "\xEF\xBB\xBF"
        "12345\r\n";
    for (std::size_t piece = 1; piece < 12; ++piece)
        EXPECT_EQ(read(text, 5, piece), (Lines{{1, "12345", false}})) << piece;
    EXPECT_EQ(read(text, 4, 1), (Lines{{1, "1234", true}}));
}

TEST(Lines, ComeOutTheSameInPiecesOfAnySize) {
    for (std::uint64_t seed = 1; seed <= 300; ++seed) {
        SeededRandom random(seed);
        std::string text;
        for (std::uint64_t n = random.below(60); n > 0; --n)
            text += "ab\n\r \xEF\xBB\xBF"[random.below(8)];
        const Lines whole = read(text, 5);
        for (std::size_t piece = 1; piece < 9; ++piece) {
            EXPECT_EQ(read(text, 5, piece), whole) << "seed " << seed << " piece " << piece;
        }
    }
}

}  // namespace
}  // namespace attune::base
