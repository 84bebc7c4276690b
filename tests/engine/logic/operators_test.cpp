#include "engine/logic/js_number.h"
#include "engine/logic/murmur3.h"
#include "engine/logic/sem_ver.h"
#include "engine/logic/utf16.h"
#include "tests/engine/logic/support.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace attune::engine {
namespace {

using test::answer;

struct Case {
    std::string_view logic;
    std::string_view data;
    std::string_view value;
};

void expect_all(std::initializer_list<Case> cases) {
    for (const Case& one : cases) EXPECT_EQ(answer(one.logic, one.data), one.value) << one.logic;
}

TEST(Var, WalksObjectsArraysAndTexts) {
    expect_all({{R"({"var":"a.b"})", R"({"a":{"b":1}})", "1"},
                {R"({"var":"l.1"})", R"({"l":[1,2]})", "2"},
                {R"({"var":"l.01"})", R"({"l":[1,2]})", "null"},
                {R"({"var":"l.length"})", R"({"l":[1,2]})", "2"},
                {R"({"var":"s.length"})", R"({"s":"a😀"})", "3"},
                {R"({"var":"s.0"})", R"({"s":"ä"})", "\"ä\""},
                {R"({"var":1})", "[1,2]", "2"},
                {R"({"var":""})", "7", "7"},
                {R"({"var":[]})", "7", "7"},
                {R"({"var":["a.b",5]})", R"({"a":null})", "5"},
                {R"({"var":["a",5]})", R"({"a":null})", "null"},
                {R"({"var":{"cat":["a",".b"]}})", R"({"a":{"b":1}})", "1"}});
}

TEST(Comparisons, AreThoseOfJavaScript) {
    expect_all({{R"({"<":[[2],[10]]})", "null", "false"},
                {R"({"<":["2",10]})", "null", "true"},
                {R"({"==":[null,0]})", "null", "false"},
                {R"({"<=":[null,0]})", "null", "true"},
                {R"({"==":["1",1]})", "null", "true"},
                {R"({"==":[[1,2],"1,2"]})", "null", "true"},
                {R"({"==":[[],[]]})", "null", "false"},
                {R"({"==":[{"var":"a"},{"var":"a"}]})", R"({"a":[1]})", "true"},
                {R"({"===":["1",1]})", "null", "false"},
                {R"({"<":[1,2,3]})", "null", "true"},
                {R"({"<":[1,3,2]})", "null", "false"},
                {R"({">":[3,2,5]})", "null", "true"},
                {R"({"<":["\uffff","😀"]})", "null", "false"},
                {R"({"in":["","abc"]})", "null", "true"},
                {R"({"in":["",""]})", "null", "false"},
                {R"({"in":[1,["1"]]})", "null", "false"}});
}

TEST(Arithmetic, CoercesAsTheDialectDoes) {
    expect_all({{R"({"+":["3.14abc"]})", "null", "3.14"},
                {R"({"+":[true]})", "null", "null"},
                {R"({"+":[]})", "null", "0"},
                {R"({"*":["3"]})", "null", "\"3\""},
                {R"({"-":["0x10"]})", "null", "-16"},
                {R"({"-":[0]})", "null", "0"},
                {R"({"/":[1,0]})", "null", "null"},
                {R"({"%":[-5,3]})", "null", "-2"},
                {R"({"max":[1,"3",null]})", "null", "3"},
                {R"({"min":[[]]})", "null", "0"},
                {R"({"cat":[1.0,null,[1,[null,2]],{"a":1,"b":2},1e21]})", "null",
                 R"("11,,2[object Object]1e+21")"}});
}

TEST(Substr, CountsUtf16AndFromTheEnd) {
    expect_all({{R"({"substr":["jsonlogic",4]})", "null", "\"logic\""},
                {R"({"substr":["jsonlogic",-5]})", "null", "\"logic\""},
                {R"({"substr":["jsonlogic",1,3]})", "null", "\"son\""},
                {R"({"substr":["jsonlogic",4,-2]})", "null", "\"log\""},
                {R"({"substr":["a😀b",3]})", "null", "\"b\""},
                {R"({"substr":["jsonlogic",0,"-1"]})", "null", "\"\""}});
}

TEST(Missing, TakesKeysInAnyForm) {
    expect_all({{R"({"missing":["a","b"]})", R"({"a":1})", R"(["b"])"},
                {R"({"missing":[["a","b"]]})", R"({"a":""})", R"(["a","b"])"},
                {R"({"missing":{"merge":["a",["b"]]}})", R"({"b":0})", R"(["a"])"},
                {R"({"missing_some":[1,["a","b"]]})", R"({"a":1})", "[]"},
                {R"({"missing_some":[2,["a","b"]]})", R"({"a":1})", R"(["b"])"},
                {R"({"missing_some":[1,null]})", "null", "[null]"}});
}

TEST(Lists, AreScopedToTheirEntries) {
    expect_all({{R"({"map":[{"var":"l"},{"*":[{"var":""},2]}]})", R"({"l":[1,2]})", "[2,4]"},
                {R"({"filter":[{"var":"l"},{">":[{"var":"x"},1]}]})", R"({"l":[{"x":1},{"x":2}]})",
                 R"([{"x":2}])"},
                {R"({"all":[[],true]})", "null", "false"},
                {R"({"none":["no list",true]})", "null", "true"},
                {R"({"some":[[0,1],{"var":""}]})", "null", "true"},
                {R"({"reduce":[[1,2],{"var":"accumulator"}]})", "null", "null"},
                {R"({"merge":[1,[2,[3]]]})", "null", "[1,2,[3]]"}});
}

TEST(Flagd, AnswersNullToWhatItsOperatorsAreNotMadeFor) {
    expect_all({{R"({"starts_with":[{"var":"s"},"a"]})", R"({"s":"abc"})", "true"},
                {R"({"ends_with":[{"var":"s"},"a"]})", R"({"s":"abc"})", "false"},
                {R"({"starts_with":[{"var":"s"},"a"]})", R"({"s":1})", "null"},
                {R"({"sem_ver":[{"var":"v"},"^","1.0.0"]})", R"({"v":1.2})", "true"},
                {R"({"sem_ver":[{"var":"v"},"^","1.0.0"]})", R"({"v":"latest"})", "null"},
                {R"({"fractional":[["a",1],["b",1]]})", R"({})", "null"}});
}

TEST(Fractional, HashesTheFlagKeyWithTheTargetingKeyUnlessATextStandsFirst) {
    const std::string_view data = R"({"$flagd":{"flagKey":"flag1"},"targetingKey":"user-1"})";
    // murmur3("flag1user-1") is 1575188394, which of a total of 100 is place 36.
    expect_all(
        {{R"({"fractional":[["v0",1],["v1",99]]})", data, "\"v1\""},
         {R"({"fractional":[["v0",37],["v1",63]]})", data, "\"v0\""},
         {R"({"fractional":[["v0",36],["v1",64]]})", data, "\"v1\""},
         {R"({"fractional":[null,["v0",36],["v1",64]]})", data, "\"v1\""},
         {R"({"fractional":[{"cat":["flag1","user-1"]},["v0",36],["v1",64]]})", "{}", "\"v1\""},
         {R"({"fractional":[["v0",0],["v1",0]]})", data, "null"},
         {R"({"fractional":[["only"]]})", data, "\"only\""},
         {R"({"fractional":[["v0",{"var":"w"}],[{"var":"targetingKey"},1]]})", data, "null"},
         {R"({"fractional":[["v0",{"-":[0,5]}],[{"var":"targetingKey"},1]]})", data,
          "\"user-1\""}});
}

TEST(OwnOperators, KnowTimeSegmentsPatternsAndCounts) {
    expect_all({{R"({"within_days":[{"var":"t"},7]})", R"({"t":"2026-02-25T00:00:00Z"})", "true"},
                {R"({"within_days":[{"var":"t"},7]})", R"({"t":"2026-02-20T00:00:00Z"})", "false"},
                {R"({"within_days":[{"var":"t"},7]})", R"({"t":"2026-03-02T00:00:00Z"})", "false"},
                {R"({"within_days":[{"var":"t"},7]})", R"({"t":1772000000})", "true"},
                {R"({"within_days":[{"var":"t"},7]})", R"({"t":"soon"})", "null"},
                {R"({"count_of":[{"var":"l"},{">":[{"var":""},1]}]})", R"({"l":[1,2,3]})", "2"},
                {R"({"count_of":{"var":"l"}})", R"({"l":[1,2,3]})", "3"},
                {R"({"count_of":{"var":"none"}})", "{}", "0"},
                {R"({"matches":[{"var":"s"},"^a+b"]})", R"({"s":"aab"})", "true"},
                {R"({"matches":[{"var":"s"},"^a+b"]})", R"({"s":5})", "null"},
                {R"({"in_segment":"vip"})", R"({"segments":["new","vip"]})", "true"},
                {R"({"in_segment":"vip"})", R"({"segments":{"vip":true}})", "true"},
                {R"({"some":[[1],{"in_segment":"vip"}]})", R"({"segments":["vip"]})", "true"},
                {R"({"in_segment":"vip"})", "{}", "false"}});
}

TEST(Matches, TakesTimeInTheLengthOfTheText) {
    const std::string text(60'000, 'a');
    EXPECT_EQ(answer(R"({"matches":[{"var":"s"},"^(a+)+$"]})", R"({"s":")" + text + R"(!"})"),
              "false");
}

TEST(JsNumbers, ReadAsJavaScriptReadsThem) {
    const double infinity = std::numeric_limits<double>::infinity();
    EXPECT_EQ(js_number(""), 0);
    EXPECT_EQ(js_number(" \u00a0\ufeff12\u2003\n"), 12);
    EXPECT_EQ(js_number(".5"), 0.5);
    EXPECT_EQ(js_number("5."), 5);
    EXPECT_EQ(js_number("-Infinity"), -infinity);
    EXPECT_EQ(js_number("1e1000"), infinity);
    EXPECT_EQ(js_number("1e-1000"), 0);
    EXPECT_EQ(js_number("0.000000000000000000001e99999999999999999999"), infinity);
    EXPECT_EQ(js_number("0b101"), 5);
    for (const std::string_view text :
         {"1,2", "0x", "-0x10", "1e", "inf", "nan", "1_0", ".", "+", "e5", "12 3"})
        EXPECT_TRUE(std::isnan(js_number(text))) << text;
    EXPECT_EQ(js_parse_float("0x10"), 0);
    EXPECT_EQ(js_parse_float("  -1.5e3px"), -1500);
    EXPECT_EQ(js_parse_float("1e+"), 1);
    EXPECT_TRUE(std::isnan(js_parse_float("px")));
}

TEST(JsNumbers, WriteAsJavaScriptWritesThem) {
    const auto text = [](double value) { return std::string(JsNumberText(value).view()); };
    EXPECT_EQ(text(0.1 + 0.2), "0.30000000000000004");
    EXPECT_EQ(text(-0.0), "0");
    EXPECT_EQ(text(1e20), "100000000000000000000");
    EXPECT_EQ(text(1e21), "1e+21");
    EXPECT_EQ(text(-1.5e-7), "-1.5e-7");
    EXPECT_EQ(text(0.000001), "0.000001");
    EXPECT_EQ(text(5e-324), "5e-324");
    EXPECT_EQ(text(-1.7976931348623157e308), "-1.7976931348623157e+308");
    EXPECT_EQ(text(123456.789), "123456.789");
    EXPECT_EQ(text(std::numeric_limits<double>::quiet_NaN()), "NaN");
}

TEST(Utf16, ReplacesTheHalfOfAPairThatASliceCuts) {
    std::string out;
    utf16_slice(out, "a😀b", 2, 2);
    EXPECT_EQ(out, "\ufffdb");
}

TEST(SemVer, OrdersPreReleasesBeforeTheirRelease) {
    const char* const ordered[] = {"1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta",
                                   "1.0.0-beta",  "1.0.0-beta.2",  "1.0.0-beta.11",
                                   "1.0.0-rc.1",  "1.0.0"};
    for (std::size_t i = 0; i + 1 < std::size(ordered); ++i)
        EXPECT_TRUE(SemVer::parse(ordered[i])->compare(*SemVer::parse(ordered[i + 1])) < 0)
            << ordered[i];
    EXPECT_TRUE(SemVer::parse("v1.0.0+b1")->compare(*SemVer::parse("1")) == 0);
    for (const char* const wrong :
         {"", "v", "1.", "1..2", "01.2.3", "1.2.3.4", "1.2-rc", "1.2.3-", "1.2.3-01", "1.2.3+",
          "1.2.3-a..b", "1.2.3 ", "vv1.2.3", "next"})
        EXPECT_FALSE(SemVer::parse(wrong)) << wrong;
}

TEST(Murmur3, GivesThePublishedHashes) {
    EXPECT_EQ(murmur3(""), 0u);
    EXPECT_EQ(murmur3("a"), 1009084850u);
    EXPECT_EQ(murmur3("ab"), 2613040991u);
    EXPECT_EQ(murmur3("abc"), 3017643002u);
    EXPECT_EQ(murmur3("SI7p-"), 2147483647u);
    EXPECT_EQ(murmur3("ceQdGm"), 4294967295u);
}

}  // namespace
}  // namespace attune::engine
