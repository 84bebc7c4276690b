#include "engine/experiment/bucketing.h"

#include <gtest/gtest.h>

#include <string>

namespace attune::engine {
namespace {

// GrowthBook's published cases of its hash, version 2.
TEST(Bucketing, IsGrowthBooksHashVersionTwo) {
    EXPECT_EQ(bucket_of("seed", "a"), 0.0505);
    EXPECT_EQ(bucket_of("seed", "b"), 0.2696);
    EXPECT_EQ(bucket_of("foo", "ab"), 0.2575);
    EXPECT_EQ(bucket_of("foo", "def"), 0.2019);
    EXPECT_EQ(bucket_of("89123klj", "8952klfjas09ujkasdf"), 0.124);
    EXPECT_EQ(bucket_of("90850943850283058242805", "123"), 0.7516);
    EXPECT_EQ(bucket_of("()**(%$##$%#$#", "___)((*\":&"), 0.0128);
}

// Frozen: these units were promised these places. Beyond ASCII the bytes are UTF-8.
TEST(Bucketing, NobodyEverMoves) {
    EXPECT_EQ(bucket_number("layer:checkout", "ann"), 6'938u);
    EXPECT_EQ(bucket_number("experiment:button", "ann"), 4'618u);
    EXPECT_EQ(bucket_number("experiment:button", "user-123456"), 9'013u);
    EXPECT_EQ(bucket_number("experiment:button", "J\xc3\xbcrg"), 8'911u);
    EXPECT_EQ(bucket_number("", ""), 2'305u);
}

TEST(Bucketing, RangesLieSideBySideAndAWeightOfNothingIsNobody) {
    const auto ranges = ranges_of(std::vector{0.25, 0.0, 0.75});
    EXPECT_EQ(choose(0, ranges), 0u);
    EXPECT_EQ(choose(0.2499, ranges), 0u);
    EXPECT_EQ(choose(0.25, ranges), 2u);
    EXPECT_EQ(choose(0.9999, ranges), 2u);
    EXPECT_EQ(choose(1, ranges), std::nullopt);
}

TEST(Bucketing, TwoSeedsAreIndependent) {
    int both = 0;
    int first = 0;
    int second = 0;
    constexpr int kUnits = 100'000;
    for (int i = 0; i < kUnits; ++i) {
        const std::string unit = "user-" + std::to_string(i);
        const bool a = bucket_of("experiment:a", unit) < 0.5;
        const bool b = bucket_of("experiment:b", unit) < 0.5;
        first += a;
        second += b;
        both += a && b;
    }
    // Five standard deviations of a binomial.
    EXPECT_NEAR(first, kUnits * 0.5, 5 * 158);
    EXPECT_NEAR(second, kUnits * 0.5, 5 * 158);
    EXPECT_NEAR(both, kUnits * 0.25, 5 * 137);
}

}  // namespace
}  // namespace attune::engine
