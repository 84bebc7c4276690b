#include "base/json_lift.h"
#include "base/json.h"
#include "base/random.h"

#include <gtest/gtest.h>

namespace attune::base {
namespace {

// The elements with '|' between them, then '@' and the rest; "no" when there is nothing to lift.
std::string lifted(std::string_view text, std::string_view member = {}) {
    const auto array = lift_json_array(text, member, 100);
    if (!array) return "no";
    std::string out;
    for (const std::string_view element : array->elements) out.append(element).append("|");
    return out + "@" + array->rest;
}

TEST(JsonLift, TakesAnArrayApartAtItsOwnCommasOnly) {
    EXPECT_EQ(lifted("[]"), "@[]");
    EXPECT_EQ(lifted(" [ \n] "), "@ [] ");
    EXPECT_EQ(lifted("[1]"), "1|@[]");
    EXPECT_EQ(lifted("[ {\"a\":[1,2]} ,\t[3,[4,5]],{} ]\n"), "{\"a\":[1,2]}|[3,[4,5]]|{}|@[]\n");
}

TEST(JsonLift, BracketsCommasAndQuotesInStringsAreText) {
    EXPECT_EQ(lifted(R"(["],[",{"a\"]":"}\\"},"\\"])"), R"("],["|{"a\"]":"}\\"}|"\\"|@[])");
}

TEST(JsonLift, KeepsWhatIsNoJsonInsideItsElement) {
    EXPECT_EQ(lifted(R"([{"a":1,"a":2},{"b":1e999},"\ud800",nonsense,{"c" 1}])"),
              R"({"a":1,"a":2}|{"b":1e999}|"\ud800"|nonsense|{"c" 1}|@[])");
}

TEST(JsonLift, LiftsNothingWhenTheEndOfAnElementCannotBeTold) {
    for (const std::string_view text : {"", " ", "{}", "17", "[", "[1", "[1,", "[{]}", "[{\"a\":1]",
                                        "[\"a]", "[\"a\\\"]", "[1}", "[\\", "[\"\\"}) {
        EXPECT_EQ(lifted(text), "no") << text;
    }
}

TEST(JsonLift, NothingBetweenTwoCommasIsAnElementThatIsNoJson) {
    EXPECT_EQ(lifted("[1,,2]"), "1||2|@[]");
    EXPECT_EQ(lifted("[1, ]"), "1||@[]");
    EXPECT_EQ(lifted("[,1]"), "|1|@[]");
    EXPECT_EQ(lifted("[,]"), "||@[]");
    EXPECT_FALSE(JsonDocument::parse(""));
}

TEST(JsonLift, WhatFollowsTheArrayIsLeftToTheParser) {
    EXPECT_EQ(lifted("[1] x"), "1|@[] x");
    EXPECT_EQ(lifted("[1]]"), "1|@[]]");
}

TEST(JsonLift, FindsTheArrayOfAMember) {
    EXPECT_EQ(lifted(R"({"x":{"batch":[0]},"batch" : [1,2],"y":3})", "batch"),
              R"(1|2|@{"x":{"batch":[0]},"batch" : [],"y":3})");
    EXPECT_EQ(lifted(R"({"x":"batch","batch":[1]})", "batch"), R"(1|@{"x":"batch","batch":[]})");
    EXPECT_EQ(lifted(R"({"batch":[],"batch":[1]})", "batch"), R"(@{"batch":[],"batch":[1]})");
}

TEST(JsonLift, FindsNoMemberThatIsNoArrayOrNotAtTheTop) {
    for (const std::string_view text :
         {"", "[1]", "{", "{}", R"({"batch":{}})", R"({"batch")", R"({"batch":)", R"({"x":[1]})",
          R"({"x":{"batch":[1]}})", R"({"x":1} "batch":[1])", R"({"x":]})", R"("batch":[1])"}) {
        EXPECT_EQ(lifted(text, "batch"), "no") << text;
    }
}

TEST(JsonLift, StopsKeepingAtTheLimitAndStillCounts) {
    const auto array = lift_json_array("[1,2,3,4,5]", {}, 2);
    ASSERT_TRUE(array);
    EXPECT_EQ(array->elements.size(), 2u);
    EXPECT_EQ(array->count, 5u);
}

TEST(JsonLift, DepthIsBoundedAndFarBeyondWhatTheParserTakes) {
    const auto nested = [](std::size_t depth) {
        return "[1," + std::string(depth, '[') + std::string(depth, ']') + "]";
    };
    EXPECT_EQ(lift_json_array(nested(10'000), {}, 9)->elements.size(), 2u);
    EXPECT_FALSE(lift_json_array(nested(1'000'000), {}, 9));
}

TEST(JsonLift, CutsEveryArrayThatTheParserTakesAsTheParserDoes) {
    constexpr std::string_view kPieces[] = {"[", "]",  "{",  "}", "\"a\":",  ",",
                                            "1", "\"", "\\", " ", "\"b,]\"", "null"};
    SeededRandom random(7);
    int arrays = 0;
    for (int round = 0; round < 200'000; ++round) {
        std::string text = "[";
        for (std::uint64_t n = random.below(12); n > 0; --n)
            text += kPieces[random.below(std::size(kPieces))];
        text += "]";
        const auto document = JsonDocument::parse(text);
        if (!document) continue;
        ++arrays;
        const auto array = lift_json_array(text, {}, 100);
        ASSERT_TRUE(array) << text;
        ASSERT_EQ(array->rest, "[]") << text;
        ASSERT_EQ(array->count, document->root().size()) << text;
        std::size_t index = 0;
        for (const JsonView element : document->root().elements()) {
            const auto alone = JsonText::parse(array->elements[index++]);
            ASSERT_TRUE(alone) << text;
            ASSERT_EQ(alone->text(), element.text().text()) << text;
        }
    }
    EXPECT_GT(arrays, 1'000);
}

}  // namespace
}  // namespace attune::base
