#include "engine/flags/flag_set.h"

#include "engine/logic/logic_budget.h"
#include "tests/engine/flags/support.h"

#include <gtest/gtest.h>

namespace attune::engine {
namespace {

using test::answer;
using test::compiled;
using test::refused;

std::shared_ptr<const FlagSet> one_flag(std::string_view members) {
    const auto set =
        compiled(R"({"flags":{"f":{"state":"ENABLED","variants":{"on":true,"off":false},)" +
                 std::string(members) + "}}}");
    return set ? *set : nullptr;
}

TEST(FlagSet, AnswersStaticWithoutTargeting) {
    EXPECT_EQ(answer(*one_flag(R"("defaultVariant":"on")"), "f"), "on (STATIC)");
    EXPECT_EQ(answer(*one_flag(R"("defaultVariant":"off","targeting":{})"), "f"), "off (STATIC)");
}

TEST(FlagSet, LeavesTheDefaultToTheProgramWhenThereIsNone) {
    EXPECT_EQ(answer(*one_flag(R"("metadata":{})"), "f"), "none (DEFAULT)");
    EXPECT_EQ(answer(*one_flag(R"("defaultVariant":null)"), "f"), "none (DEFAULT)");
    EXPECT_EQ(answer(*one_flag(R"("defaultVariant":null,"targeting":{"if":[false,"on"]})"), "f"),
              "none (DEFAULT)");
}

TEST(FlagSet, ServesTheDefaultWhenTargetingGivesNull) {
    EXPECT_EQ(
        answer(*one_flag(R"("defaultVariant":"off","targeting":{"if":[{"var":"x"},"on"]})"), "f"),
        "off (DEFAULT)");
}

TEST(FlagSet, ServesWhatTargetingNames) {
    const auto set = one_flag(R"("defaultVariant":"off","targeting":{"var":"choice"})");
    EXPECT_EQ(answer(*set, "f", R"({"choice":"on"})"), "on (TARGETING_MATCH)");
    EXPECT_EQ(answer(*set, "f", R"({"choice":"neither"})"), "GENERAL");
    EXPECT_EQ(answer(*set, "f", R"({"choice":5})"), "GENERAL");
    EXPECT_EQ(answer(*set, "f", R"({"choice":true})"), "GENERAL");
}

TEST(FlagSet, TakesBooleansForTheVariantsOfTheirNames) {
    const auto set = compiled(
        R"({"flags":{"f":{"state":"ENABLED","variants":{"true":1,"false":0},"defaultVariant":"false","targeting":{"==":[{"var":"a"},1]}}}})");
    EXPECT_EQ(answer(**set, "f", R"({"a":1})"), "true (TARGETING_MATCH)");
    EXPECT_EQ(answer(**set, "f", R"({"a":2})"), "false (TARGETING_MATCH)");
}

TEST(FlagSet, DisabledFlagsHaveNoVariant) {
    const auto set = compiled(
        R"({"flags":{"f":{"state":"DISABLED","variants":{"on":true},"defaultVariant":"on"}}})");
    EXPECT_EQ(answer(**set, "f"), "none (DISABLED)");
}

TEST(FlagSet, KnowsWhatFlagsThereAre) {
    EXPECT_EQ(answer(*one_flag(R"("metadata":{})"), "other"), "FLAG_NOT_FOUND");
}

TEST(FlagSet, TellsTargetingTheFlagAndTheTimeWhateverTheCallerSays) {
    const auto set = one_flag(
        R"("targeting":{"if":[{"and":[{"==":[{"var":"$flagd.flagKey"},"f"]},{"==":[{"var":"$flagd.timestamp"},1780000000]},{"==":[{"var":"targetingKey"},"u"]}]},"on"]})");
    EXPECT_EQ(answer(*set, "f", R"({"targetingKey":"u","$flagd":{"flagKey":"forged"}})"),
              "on (TARGETING_MATCH)");
}

TEST(FlagSet, SpreadsByTheFlagKeyWithTheTargetingKey) {
    // murmur3("fu") is 2456127416, beyond half of all.
    const auto set =
        one_flag(R"("defaultVariant":"off","targeting":{"fractional":[["on",0],["off",1]]})");
    EXPECT_EQ(answer(*set, "f", R"({"targetingKey":"u"})"), "off (TARGETING_MATCH)");
    EXPECT_EQ(answer(*set, "f", R"({})"), "off (DEFAULT)");
}

TEST(FlagSet, PutsEvaluatorsInThePlaceOfTheirReferences) {
    const auto set = compiled(
        R"({"$evaluators":{"staff":{"ends_with":[{"var":"email"},"@example.org"]}},"flags":{"f":{"state":"ENABLED","variants":{"on":true,"off":false},
            "defaultVariant":"off","targeting":{"if":[{ "$ref" : "staff" },"on","off"]}}}})");
    ASSERT_TRUE(set);
    EXPECT_EQ(answer(**set, "f", R"({"email":"ada@example.org"})"), "on (TARGETING_MATCH)");
    EXPECT_EQ(answer(**set, "f", R"({"email":"eve@example.com"})"), "off (TARGETING_MATCH)");
}

TEST(FlagSet, AReferenceToNothingFailsThatFlagAlone) {
    const auto set = compiled(
        R"({"flags":{"f":{"state":"ENABLED","variants":{"on":true},"targeting":{"if":[{"$ref":"nobody"},"on"]}},
            "g":{"state":"ENABLED","variants":{"on":true},"defaultVariant":"on"}}})");
    ASSERT_TRUE(set);
    EXPECT_EQ(answer(**set, "f"), "PARSE_ERROR");
    EXPECT_EQ((*set)->evaluate("f", {}).detail, "/targeting/if/0/$ref: there is no such evaluator");
    EXPECT_EQ(answer(**set, "g"), "on (STATIC)");
}

TEST(FlagSet, LaysAFlagsMetadataOverThatOfTheSet) {
    const auto set = compiled(
        R"({"metadata":{"flagSetId":"s","a":1,"b":1},"flags":{"f":{"state":"ENABLED","variants":{"on":true},"metadata":{"b":2}},"g":{"state":"ENABLED","variants":{"on":true}}}})");
    EXPECT_EQ((*set)->evaluate("f", {}).metadata->text(), R"({"a":1,"b":2,"flagSetId":"s"})");
    EXPECT_EQ((*set)->evaluate("g", {}).metadata->text(), R"({"a":1,"b":1,"flagSetId":"s"})");
}

constexpr std::string_view kPrerequisites =
    R"({"flags":{"base":{"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"off","targeting":{"var":"base"}},
        "f":{"state":"ENABLED","variants":{"new":1,"old":2},"defaultVariant":"old","targeting":{"if":[true,"new"]},"prerequisites":[{"flag":"base","variants":["on"]}]}}})";

TEST(FlagSet, AsksTheTargetingOnlyWhenPrerequisitesHold) {
    const auto set = compiled(kPrerequisites);
    ASSERT_TRUE(set) << set.error().message;
    EXPECT_EQ(answer(**set, "f", R"({"base":"on"})"), "new (TARGETING_MATCH)");
    EXPECT_EQ(answer(**set, "f", R"({"base":"off"})"), "old (DEFAULT)");
    EXPECT_EQ(answer(**set, "f", R"({"base":"broken"})"), "old (DEFAULT)");
}

// True, for some 0.8 million steps.
std::string costly() {
    std::string list = "[1";
    for (int i = 1; i < 880; ++i) list += ",1";
    list += ']';
    return R"({"all":[)" + list + R"(,{"all":[)" + list + ",1]}]}";
}

TEST(FlagSet, WhatIsAskedTogetherHasOneBudget) {
    const std::string begin =
        R"({"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"off")";
    const std::string targeting = R"(,"targeting":{"if":[)" + costly() + R"(,"on"]})";
    std::string file = R"({"flags":{)";
    for (const char* key : {"a", "b", "c", "d"})
        file += '"' + std::string(key) + "\":" + begin + targeting + "},";
    file += R"("after":)" + begin + R"(,"prerequisites":[{"flag":"d","variants":["on"]}]},)";
    file += R"("fixed":)" + begin + "}}}";
    const auto set = *compiled(file);
    LogicBudget budget;
    const auto ask = [&](std::string_view key) {
        return set->evaluate(key, {.attributes = {}, .steps_left = budget.steps_left()});
    };
    EXPECT_EQ(ask("a").variant->name, "on");
    EXPECT_EQ(ask("b").variant->name, "on");
    for (const char* key : {"c", "d", "after"}) {
        const FlagAnswer answer = ask(key);
        EXPECT_EQ(name_of(answer.error), "GENERAL");
        EXPECT_EQ(answer.variant, nullptr) << "a default would be an answer";
        EXPECT_NE(answer.detail.find('"' + std::string(key) + '"'), std::string::npos)
            << answer.detail;
    }
    EXPECT_EQ(ask("fixed").variant->name, "off") << "nothing is evaluated for it";
    EXPECT_TRUE(budget.is_spent());
    EXPECT_EQ(answer(*set, "d"), "on (TARGETING_MATCH)") << "asked by itself";
}

TEST(FlagSet, PrerequisitesThatFanOutAreCountedToo) {
    // Each of 300 flags asks the same 32: 9,600 in all, with nothing to evaluate.
    std::string file = R"({"flags":{)";
    std::string asked;
    for (int i = 0; i < 32; ++i) {
        const std::string key = "p" + std::to_string(i);
        file +=
            '"' + key + R"(":{"state":"ENABLED","variants":{"on":true},"defaultVariant":"on"},)";
        asked += (i == 0 ? R"({"flag":")" : R"(,{"flag":")") + key + R"(","variants":["on"]})";
    }
    for (int i = 0; i < 300; ++i)
        file +=
            (i == 0 ? "\"q" : ",\"q") + std::to_string(i) +
            R"(":{"state":"ENABLED","variants":{"on":true},"defaultVariant":"on","prerequisites":[)" +
            asked + "]}";
    const auto taken = compiled(file + "}}");
    ASSERT_TRUE(taken) << taken.error().message;
    const auto set = *taken;
    std::atomic<std::uint64_t> spent = 0;
    {
        LogicBudget budget(&spent);
        for (const Flag& flag : set->flags())
            EXPECT_NE((set->evaluate(flag, {.attributes = {}, .steps_left = budget.steps_left()})
                           .variant),
                      nullptr);
        EXPECT_EQ(*budget.steps_left(), LogicBudget::kSteps - 96'000);
        *budget.steps_left() = 15;
        EXPECT_EQ(set->evaluate("q1", {.attributes = {}, .steps_left = budget.steps_left()}).error,
                  FlagError::too_much_work);
    }
    EXPECT_EQ(spent, 1u);
}

TEST(FlagSet, RefusesWhatCanMeanNothingAndNamesThePlace) {
    const auto flag = [](std::string_view members) {
        return refused(R"({"flags":{"a/b":{"state":"ENABLED","variants":{"on":true,"off":false},)" +
                       std::string(members) + "}}}");
    };
    EXPECT_EQ(flag(R"("defaultVariant":"neither")"), "/flags/a~1b/defaultVariant");
    EXPECT_EQ(flag(R"("targeting":{"if":[{"nonsense":1},"on"]})"),
              "/flags/a~1b/targeting/if/0/nonsense");
    EXPECT_EQ(flag(R"("targeting":{"if":[1],"var":""})"), "/flags/a~1b/targeting");
    EXPECT_EQ(flag(R"("targeting":{"==":[{"var":"$flagd.nothing"},1]})"),
              "/flags/a~1b/targeting/==/0/var");
    EXPECT_EQ(flag(R"("metadata":{"x":[]})"), "/flags/a~1b/metadata/x");
    EXPECT_EQ(flag(R"("prerequisites":[{"flag":"none","variants":["on"]}])"),
              "/flags/a~1b/prerequisites/0/flag");
    EXPECT_EQ(flag(R"("prerequisites":[{"flag":"a/b","variants":["red"]}])"),
              "/flags/a~1b/prerequisites/0/variants/0");
    EXPECT_EQ(flag(R"("prerequisites":[{"flag":"a/b","variants":["on"]}])"),
              "/flags/a~1b/prerequisites");
    EXPECT_EQ(refused(R"({"flags":{"f":{"state":"on","variants":{"a":1}}}})"), "/flags/f/state");
    EXPECT_EQ(refused(R"({"flags":{"f":{"state":"ENABLED","variants":{"a":1,"b":"1"}}}})"),
              "/flags/f/variants/b");
    EXPECT_EQ(refused(R"({"flags":{"f":{"state":"ENABLED","variants":{"a":[]}}}})"),
              "/flags/f/variants/a");
    EXPECT_EQ(
        refused(
            R"({"flags":[{"key":"f","state":"ENABLED","variants":{"a":1}},{"key":"f","state":"ENABLED","variants":{"a":1}}]})"),
        "/flags/1");
    EXPECT_EQ(refused(R"({"flags":{},"metadata":{"version":1}})"), "/metadata/version");
    EXPECT_EQ(refused(R"({"flags":{},"$evaluators":{"a":{"nonsense":1}}})"),
              "/$evaluators/a/nonsense");
    EXPECT_EQ(refused(R"({"flags":{},"$evaluators":{"a":{"!":{"$ref":"b"}},"b":{"!":1}}})"),
              "/$evaluators/a/!");
    EXPECT_EQ(refused("{}"), "/flags");
}

TEST(FlagSet, RefusesPrerequisitesThatReachTooFar) {
    // Each level asks the next one twice, so that the first would ask thousands.
    std::string file = R"({"flags":{"f12":{"state":"ENABLED","variants":{"on":true}})";
    for (int i = 11; i >= 0; --i) {
        const std::string one = R"({"flag":"f)" + std::to_string(i + 1) + R"(","variants":["on"]})";
        file += R"(,"f)" + std::to_string(i) +
                R"(":{"state":"ENABLED","variants":{"on":true},"prerequisites":[)" + one + "," +
                one + "]}";
    }
    EXPECT_EQ(refused(file + "}}"), "/flags/f4/prerequisites");
}

TEST(FlagSet, RefusesPrerequisitesThatAreTooDeepInWhicheverOrderTheyStand) {
    const auto chain = [](int flags, bool is_deepest_first) {
        std::string file = R"({"flags":{)";
        for (int i = 0; i < flags; ++i) {
            const int at = is_deepest_first ? i : flags - 1 - i;
            if (i > 0) file += ',';
            file += R"("f)" + std::to_string(100 + at) +
                    R"(":{"state":"ENABLED","variants":{"on":true})";
            if (at > 0)
                file += R"(,"prerequisites":[{"flag":"f)" + std::to_string(99 + at) +
                        R"(","variants":["on"]}])";
            file += '}';
        }
        return file + "}}";
    };
    for (const bool is_deepest_first : {false, true}) {
        EXPECT_EQ(refused(chain(17, is_deepest_first)), "taken");
        EXPECT_EQ(refused(chain(18, is_deepest_first)),
                  is_deepest_first ? "/flags/f117/prerequisites" : "/flags/f100/prerequisites");
    }
}

}  // namespace
}  // namespace attune::engine
