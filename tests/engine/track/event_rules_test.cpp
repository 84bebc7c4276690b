#include "engine/track/event_rules.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace attune::engine {
namespace {

using domain::EventKind;

TEST(EventRules, CleanTextIsUtf8WithoutNul) {
    for (const char* text : {"", "ann", "é", "e\u0301", "日本", "\U0001F600", "\u07FF", "\uFFFF",
                             "\U0010FFFF", "\x7f"}) {
        EXPECT_TRUE(is_clean_text(text)) << text;
    }
    for (const std::string text :
         {"\x80", "\xC0\x80", "\xC1\xBF", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xF0\x8F\xBF\xBF",
          "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xE2\x82", "a\xC3", "\xFF"}) {
        EXPECT_FALSE(is_clean_text(text)) << text;
    }
    EXPECT_FALSE(is_clean_text(std::string_view("a\0b", 3)));
}

TEST(EventRules, ValuesHaveTheRangeOfTheirKind) {
    const auto in_range = is_value_in_range;
    EXPECT_TRUE(in_range(EventKind::rating, 0) && in_range(EventKind::rating, 5));
    EXPECT_FALSE(in_range(EventKind::rating, 5.01) || in_range(EventKind::rating, -0.01));
    EXPECT_TRUE(in_range(EventKind::scroll, 0) && in_range(EventKind::scroll, 1));
    EXPECT_FALSE(in_range(EventKind::scroll, 1.01) || in_range(EventKind::scroll, -0.01));
    EXPECT_TRUE(in_range(EventKind::dwell, 0) && in_range(EventKind::dwell, 1e6));
    EXPECT_FALSE(in_range(EventKind::dwell, -1));
    EXPECT_TRUE(in_range(EventKind::purchase, -20.5) && in_range(EventKind::other, 1e12));
    for (const EventKind kind : {EventKind::rating, EventKind::dwell, EventKind::other}) {
        for (const double value : {std::nan(""), std::numeric_limits<double>::infinity(),
                                   -std::numeric_limits<double>::infinity(), 1e300}) {
            EXPECT_FALSE(in_range(kind, value)) << value;
        }
    }
}

}  // namespace
}  // namespace attune::engine
