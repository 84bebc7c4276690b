#include "learn/content/words.h"

#include "learn/content/letters.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace attune::learn {
namespace {

using Terms = std::vector<std::string>;

// The terms that are whole words or pairs.
Terms words(std::string_view text) {
    Terms out;
    for_words(text, [&](std::string_view term, float weight) {
        if (weight == 1) out.emplace_back(term);
    });
    return out;
}

TEST(Words, AreSplitAtWhatIsNoLetter) {
    EXPECT_EQ(words("Wireless mouse, 2.4 GHz (black)"),
              (Terms{"wireless", "mouse", "ghz", "black"}));
    EXPECT_EQ(words("a b c"), Terms{});
    EXPECT_EQ(words("USB-C 3000mAh"), (Terms{"usb", "3000mah"}));
    EXPECT_EQ(words(""), Terms{});
}

TEST(Words, LoseCaseAndMarksInAllScripts) {
    EXPECT_EQ(words("Größe ÉTÉ Łódź Smørrebrød œuvre"),
              (Terms{"grosse", "ete", "lodz", "smorrebrod", "oeuvre"}));
    EXPECT_EQ(words("İstanbul ĞÜŞ"), (Terms{"istanbul", "gus"}));
    EXPECT_EQ(words("Việt Nam"), (Terms{"viet", "nam"}));
    EXPECT_EQ(words("ΆΝΘΡΩΠΟΣ άνθρωπος"), (Terms{"ανθρωποσ", "ανθρωποσ"}));
    EXPECT_EQ(words("МОЙ мой Ёлка"), (Terms{"мои", "мои", "елка"}));
    EXPECT_EQ(words("سَلَام"), (Terms{"سلام"}));
    EXPECT_EQ(words("שָׁלוֹם"), (Terms{"שלום"}));
    EXPECT_EQ(words("e\xCC\x81t\xC3\xA9"), (Terms{"ete"}));  // composed or not
    EXPECT_EQ(words("ＡＢＣ１２"), (Terms{"abc12"}));
}

TEST(Words, OfScriptsWithoutSpacesArePairs) {
    EXPECT_EQ(words("机械键盘"), (Terms{"机械", "械键", "键盘"}));
    EXPECT_EQ(words("キーボード、黒"), (Terms{"キー", "ーボ", "ボー", "ード"}));
    EXPECT_EQ(words("USB键盘"), (Terms{"usb", "键盘"}));
    EXPECT_EQ(words("หนังสือ").empty(), false);
}

TEST(Words, LongOnesComeAgainByTheirBeginning) {
    std::vector<std::pair<std::string, float>> terms;
    const WordSink sink = [&](std::string_view term, float weight) {
        terms.emplace_back(term, weight);
    };
    for_words("puzzle puzzles plain größer", sink);
    EXPECT_EQ(terms, (std::vector<std::pair<std::string, float>>{{"puzzle", 1},
                                                                 {"puzzl*", 0.5F},
                                                                 {"puzzles", 1},
                                                                 {"puzzl*", 0.5F},
                                                                 {"plain", 1},
                                                                 {"grosser", 1},
                                                                 {"gross*", 0.5F}}));
}

TEST(Words, TakeAnyBytes) {
    EXPECT_EQ(words("good\xFF\xC0\xAFgames\xE2\x82"), (Terms{"good", "games"}));
    EXPECT_EQ(words("\xED\xA0\x80\xF4\x90\x80\x80"), Terms{});
    std::string all;
    for (int i = 0; i < 256; ++i) all.push_back(static_cast<char>(i));
    EXPECT_FALSE(words(all + all).empty());
    EXPECT_EQ(words(std::string(10'000, 'x')), (Terms{std::string(32, 'x')}));
}

TEST(Letters, AreReadOnlyFromTheirShortestForm) {
    const auto first = [](std::string_view text) { return take_code(text); };
    EXPECT_EQ(first("ä"), U'ä');
    EXPECT_EQ(first("€"), U'€');
    EXPECT_EQ(first("\xF0\x9F\x98\x80"), U'\U0001F600');
    EXPECT_EQ(first("\xC1\x81"), U'\0');          // 'A' in two bytes
    EXPECT_EQ(first("\xE0\x80\xA0"), U'\0');      // ' ' in three
    EXPECT_EQ(first("\xF0\x82\x82\xAC"), U'\0');  // '€' in four
}

TEST(Letters, OfAPlainFormAreTheirOwn) {
    for (char32_t code = 0; code < 0x30000; ++code) {
        const Letter letter = letter_of(code);
        for (const char32_t plain : {letter.first, letter.second}) {
            if (plain == 0) continue;
            const Letter again = letter_of(plain);
            ASSERT_EQ(again.first, plain) << static_cast<std::uint32_t>(code);
            ASSERT_EQ(again.second, U'\0') << static_cast<std::uint32_t>(code);
        }
    }
}

}  // namespace
}  // namespace attune::learn
