#include "engine/profile/trait_checks.h"

#include <gtest/gtest.h>

namespace attune::engine {
namespace {

bool is_fine(std::string_view key, std::string_view value) { return !trait_problem(key, value); }

TEST(TraitChecks, AnAgeIsANumberThatSomebodyCanHave) {
    EXPECT_TRUE(is_fine("age", "0"));
    EXPECT_TRUE(is_fine("age", "33.5"));
    EXPECT_TRUE(is_fine("age", "150"));
    for (const char* wrong : {"-5", "151", "\"33\"", "\"-5\"", "null", "true", "[33]"})
        EXPECT_FALSE(is_fine("age", wrong)) << wrong;
}

TEST(TraitChecks, ABirthdayIsADate) {
    EXPECT_TRUE(is_fine("birthday", R"("1990-05-17")"));
    EXPECT_TRUE(is_fine("birthday", R"("1990-05-17T08:00:00Z")"));
    EXPECT_TRUE(is_fine("birthday", R"("2000-02-29")"));
    for (const char* wrong : {R"("10000-01-01")", R"("1799-12-31")", R"("1990-13-01")",
                              R"("1990-02-30")", R"("17.5.1990")", R"("")", "1990", "null"})
        EXPECT_FALSE(is_fine("birthday", wrong)) << wrong;
}

TEST(TraitChecks, ACountryIsOneThatThereIs) {
    EXPECT_TRUE(is_fine("country", R"("CH")"));
    EXPECT_TRUE(is_fine("country", R"("ZW")"));
    for (const char* wrong :
         {R"("ch")", R"("ZZ")", R"("D ")", R"(" E")", R"("CHE")", R"("Nowhere")", R"("")", "41"})
        EXPECT_FALSE(is_fine("country", wrong)) << wrong;
}

TEST(TraitChecks, OtherTraitsAreWhatTheyAre) {
    EXPECT_TRUE(is_fine("plan", "null"));
    EXPECT_TRUE(is_fine("name", "7"));
}

}  // namespace
}  // namespace attune::engine
