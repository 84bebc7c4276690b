#include "engine/logic/logic.h"

#include "engine/logic/coerce.h"
#include "tests/engine/logic/support.h"

#include <gtest/gtest.h>

#include <thread>

namespace attune::engine {
namespace {

using test::answer;
using test::compiled;
using test::json;
using test::noon;

std::string nested(std::size_t depth) {
    std::string text;
    for (std::size_t i = 0; i < depth; ++i) text += R"({"!":)";
    text += "1";
    text.append(depth, '}');
    return text;
}

TEST(Compiling, NamesThePlaceOfAnUnknownOperator) {
    const auto logic = compiled(R"({"and":[{"==":[1,1]},{"/":[{"frobnicate":1},2]}]})");
    ASSERT_FALSE(logic);
    EXPECT_EQ(logic.error().code, Code::invalid_argument);
    ASSERT_EQ(logic.error().fields.size(), 1u);
    EXPECT_EQ(logic.error().fields[0].pointer, "/and/1/~1/0/frobnicate");
}

TEST(Compiling, TakesUnknownOperatorsWhenPermissiveAndFailsOnlyWhereTheyAreReached) {
    const auto logic =
        compiled(R"({"if":[{"var":"x"},{"frobnicate":1},"fine"]})", {.permissive = true});
    ASSERT_TRUE(logic);
    EXPECT_EQ(logic->answer({.data = LogicValue::null()})->text(), "\"fine\"");
    const auto data = json(R"({"x":1})");
    const auto failed = logic->answer({.data = LogicValue(data.root())});
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().reason, "unknown_operator");
    EXPECT_NE(failed.error().message.find("frobnicate"), std::string::npos);
}

TEST(Compiling, RefusesWhatIsTooDeepOrTooLarge) {
    EXPECT_TRUE(compiled(nested(64)));
    EXPECT_FALSE(compiled(nested(65)));
    std::string wide = R"({"or":[0)";
    for (int i = 0; i < 10'000; ++i) wide += ",0";
    EXPECT_FALSE(compiled(wide + "]}"));
}

TEST(Compiling, RefusesLiteralsThatNeverWork) {
    for (const std::string_view wrong : {
             R"({"sem_ver":[{"var":"v"},"*","2.0.0"]})",
             R"({"sem_ver":[{"var":"v"},"=","2.0.0.0"]})",
             R"({"sem_ver":["1.0.0","="]})",
             R"({"starts_with":[{"var":"id"},0]})",
             R"({"ends_with":["a"]})",
             R"({"fractional":["text",["a",1]]})",
             R"({"fractional":[["a",1.5],["b",1]]})",
             R"({"fractional":[["a",-1]]})",
             R"({"fractional":[["a","1"]]})",
             R"({"fractional":[]})",
             R"({"fractional":[["a",1,2]]})",
             R"({"fractional":[["a",2147483647],["b",1]]})",
             R"({"within_days":[{"var":"t"},-1]})",
             R"({"within_days":[{"var":"t"}]})",
             R"({"matches":[{"var":"s"},{"var":"p"}]})",
             R"({"matches":[{"var":"s"},"(a"]})",
             R"~({"matches":[{"var":"s"},"(?=a)"]})~",
             R"({"in_segment":7})",
             R"({"in_segment":[]})",
             R"({"*":[]})",
             R"({"missing_some":[1]})",
         }) {
        EXPECT_FALSE(compiled(wrong)) << wrong;
    }
}

TEST(Compiling, SaysWhichArgumentOfTheOperatorIsWrong) {
    EXPECT_EQ(compiled(R"({"!":{"sem_ver":[{"var":"v"},"*","2.0.0"]}})").error().fields[0].pointer,
              "/!/sem_ver/1");
    EXPECT_EQ(compiled(R"({"in_segment":7})").error().fields[0].pointer, "/in_segment");
}

TEST(Evaluating, ReadsNamedRootsWithoutCopyingThem) {
    const auto profile = json(R"({"age":30})");
    const auto context = json(R"({"device":"mobile"})");
    const LogicMember roots[] = {{"profile", LogicValue(profile.root())},
                                 {"context", LogicValue(context.root())}};
    const LogicRecord record{roots};
    const auto logic = compiled(
        R"({"and":[{">":[{"var":"profile.age"},18]},{"==":[{"var":"context.device"},"mobile"]}]})");
    EXPECT_TRUE(*logic->holds({.data = LogicValue(record)}));
    EXPECT_EQ(compiled(R"({"var":""})")->answer({.data = LogicValue(record)})->text(),
              R"({"profile":{"age":30},"context":{"device":"mobile"}})");
}

TEST(Evaluating, LaysMembersOfARecordOverAnObject) {
    const auto context = json(R"({"a":1,"$flagd":"forged"})");
    const LogicMember over[] = {{"$flagd", LogicValue(true)}};
    const LogicRecord record{over, LogicValue(context.root())};
    const LogicInput input{.data = LogicValue(record)};
    EXPECT_EQ(compiled(R"({"var":"$flagd"})")->answer(input)->text(), "true");
    EXPECT_EQ(compiled(R"({"var":"a"})")->answer(input)->text(), "1");
    EXPECT_EQ(compiled(R"({"var":""})")->answer(input)->text(), R"({"$flagd":true,"a":1})");
}

TEST(Evaluating, StopsWhenTheStepsAreUsedUp) {
    std::string list = "[0";
    for (int i = 0; i < 999; ++i) list += ",0";
    list += "]";
    const std::string inner = R"({"reduce":[)" + list + R"(,{"+":[{"var":"current"},1]},0]})";
    EXPECT_EQ(answer(inner), "1");
    EXPECT_EQ(answer(R"({"map":[)" + list + "," + inner + "]}"), "failed: too_long");
}

TEST(Evaluating, StopsWhenTextsGrowWithoutBound) {
    std::string list = "[0";
    for (int i = 0; i < 60; ++i) list += ",0";
    EXPECT_EQ(answer(R"({"reduce":[)" + list +
                     R"(],{"cat":[{"var":"accumulator"},{"var":"accumulator"}]},"doubling"]})"),
              "failed: too_large");
}

TEST(Evaluating, StopsWhenListsNestWithoutBound) {
    std::string list = "[0";
    for (int i = 0; i < 500; ++i) list += ",0";
    EXPECT_EQ(answer(R"({"reduce":[)" + list + R"(],[{"var":"accumulator"}],0]})"),
              "failed: too_deep");
    EXPECT_EQ(answer(R"({"reduce":[)" + list + R"(],{"var":""},0]})"), "failed: too_deep");
}

TEST(Evaluating, AddsUpLongListsInTheRoomOfOneEntry) {
    std::string list = "[1";
    for (int i = 0; i < 99'999; ++i) list += ",1";
    EXPECT_EQ(
        answer(R"({"reduce":[{"var":"l"},{"+":[{"var":"current"},{"var":"accumulator"}]},0]})",
               R"({"l":)" + list + "]}"),
        "100000");
}

TEST(Evaluating, IsTheSameFromManyThreads) {
    const auto logic = compiled(R"({"filter":[{"var":"l"},{"matches":[{"var":""},"^a+$"]}]})");
    const auto data = json(R"({"l":["a","b","aa","ab"]})");
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&] {
            for (int round = 0; round < 200; ++round)
                EXPECT_EQ(logic->answer({.data = LogicValue(data.root())})->text(),
                          R"(["a","aa"])");
        });
    }
    for (std::thread& thread : threads) thread.join();
}

TEST(Tracing, TellsWhatEachOperationCameTo) {
    const auto logic =
        compiled(R"({"and":[{"==":[{"var":"a"},1]},{"!":[{"var":["b",{"var":"c"}]}]}]})");
    const auto data = json(R"({"a":1,"c":"x"})");
    const LogicTrace trace = logic->evaluate_traced({.data = LogicValue(data.root())});
    EXPECT_EQ(trace.value->text(), "false");
    std::vector<std::pair<std::string, std::string>> steps;
    for (const LogicStep& step : trace.steps) steps.emplace_back(step.pointer, step.value.text());
    EXPECT_EQ(steps,
              (std::vector<std::pair<std::string, std::string>>{{"/and/0/==/0", "1"},
                                                                {"/and/0", "true"},
                                                                {"/and/1/!/0/var/1", "\"x\""},
                                                                {"/and/1/!/0", "\"x\""},
                                                                {"/and/1", "false"},
                                                                {"", "false"}}));
}

TEST(Sharing, AsksWhatIsInCommonOnlyOnce) {
    LogicSharing sharing;
    const std::string_view expression =
        R"({"in":["needle",{"var":"haystack"}]})";  // costs steps in the size of the haystack
    const auto data = json(R"({"haystack":")" + std::string(10'000, 'x') + "\"}");
    const LogicInput poor{.data = LogicValue(data.root()), .steps_max = 100};
    LogicMemo memo;
    LogicInput rich{.data = LogicValue(data.root()), .memo = &memo};
    LogicInput shared = poor;
    shared.memo = &memo;
    const auto first = compiled(expression, {.sharing = &sharing});
    const auto second = compiled(expression, {.sharing = &sharing});
    const auto third = compiled(expression, {.sharing = &sharing});
    EXPECT_FALSE(third->holds(poor));
    EXPECT_FALSE(third->holds(shared)) << "a failure is not kept";
    EXPECT_EQ(second->holds(rich).value_or(true), false);
    EXPECT_EQ(third->holds(shared).value_or(true), false);
}

TEST(Sharing, ChangesNoAnswer) {
    const std::string_view expressions[] = {
        R"({"==":[{"var":"a.b"},1]})",
        R"({"var":"a.b"})",
        R"({"var":["a.c","other"]})",
        R"({"and":[{"==":[{"var":"a.b"},1]},{"!":{"var":"a.c"}}]})",
        R"({"map":[{"var":"list"},{"==":[{"var":"a.b"},1]}]})",
        R"({"reduce":[{"var":"list"},{"+":[{"var":"current.a.b"},{"var":"accumulator"}]},{"var":"a.b"}]})",
        R"({"if":[{"<":[{"var":"a.b"},2]},{"cat":[{"var":"a.b"},"!"]},{"var":"list"}]})",
        R"({"some":[{"var":"list"},{"var":"a.b"}]})",
        R"({"in_segment":"vip"})"};
    LogicSharing sharing;
    std::vector<Logic> logics;
    for (int i = 0; i < 3; ++i)
        for (const std::string_view one : expressions)
            logics.push_back(*compiled(one, {.sharing = &sharing}));
    for (const std::string_view text :
         {R"({"a":{"b":1},"list":[{"a":{"b":2}},{"a":{"b":1}}],"segments":["vip"]})",
          R"({"a":{"b":"1","c":0},"list":[]})", "null", R"({"a":{"b":null}})"}) {
        const auto data = json(text);
        LogicMemo memo;
        for (std::size_t i = 0; i < logics.size(); ++i) {
            LogicInput input{.data = LogicValue(data.root()), .memo = &memo};
            const auto value = logics[i].answer(input);
            ASSERT_TRUE(value);
            EXPECT_EQ(value->text(), answer(expressions[i % std::size(expressions)], text))
                << expressions[i % std::size(expressions)] << " of " << text;
        }
    }
}

TEST(Sharing, KeepsNothingThatLiesInTheScratchOfOneEvaluation) {
    LogicSharing sharing;
    const std::string_view expression = R"({"cat":[{"var":"name.1"},"!"]})";  // of "Zoë": made
    const auto data = json(R"({"name":"Zoë"})");
    LogicMemo memo;
    const LogicInput input{.data = LogicValue(data.root()), .memo = &memo};
    for (int i = 0; i < 3; ++i) {
        const auto logic = compiled(expression, {.sharing = &sharing});
        EXPECT_EQ(logic->answer(input)->text(), R"("o!")");
    }
}

TEST(Logic, APathThatIsAskedAgainIsTheSameAndNotThatOfAnEntry) {
    constexpr std::string_view kExpression =
        R"([{"var":"a.b"},{"map":[{"var":"list"},{"var":"a.b"}]},{"var":"a.b"},{"var":"a"},)"
        R"({"==":[{"var":"a.b"},1]},{"var":["a.c",7]},{"var":["a.c",8]}])";
    EXPECT_EQ(answer(kExpression, R"({"a":{"b":1},"list":[{"a":{"b":2}},{}]})"),
              R"([1,[2,null],1,{"b":1},true,7,8])");
}

using Equalities = std::vector<LogicEquality>;

TEST(NecessaryEqualities, AreThoseWithoutWhichNothingHolds) {
    EXPECT_EQ(
        compiled(
            R"({"and":[{"==":[{"var":"a.b"},"x"]},{"<":[{"var":"n"},1]},{"===":["y",{"var":"c"}]}]})")
            ->necessary_equalities(),
        (Equalities{{"a.b", {"x"}}, {"c", {"y"}}}));
    EXPECT_EQ(compiled(R"({"in":[{"var":"a"},["y","x"]]})")->necessary_equalities(),
              (Equalities{{"a", {"x", "y"}}}));
    EXPECT_EQ(
        compiled(
            R"({"or":[{"==":[{"var":"a"},"x"]},{"and":[{"==":[{"var":"a"},"y"]},{"var":"b"}]}]})")
            ->necessary_equalities(),
        (Equalities{{"a", {"x", "y"}}}));
    EXPECT_EQ(
        compiled(R"({"if":[{"==":[{"var":"a"},"x"]},{"var":"b"},false]})")->necessary_equalities(),
        (Equalities{{"a", {"x"}}}));
}

TEST(NecessaryEqualities, LeaveOutWhatMayHoldOtherwise) {
    for (const std::string_view expression :
         {R"({"==":[{"var":"a"},"5"]})",  // so is the number 5.0
          R"({"==":[{"var":["a","x"]},"x"]})", R"({"or":[{"==":[{"var":"a"},"x"]},{"var":"b"}]})",
          R"({"!":{"==":[{"var":"a"},"x"]}})", R"({"==":[{"var":"a"},1]})",
          R"({"some":[{"var":"l"},{"==":[{"var":"a"},"x"]}]})",
          R"({"if":[{"==":[{"var":"a"},"x"]},1,2]})", R"({"in":["x",{"var":"a"}]})"}) {
        EXPECT_TRUE(compiled(expression)->necessary_equalities().empty()) << expression;
    }
}

TEST(Reads, SayWhatAndWhere) {
    const Logic logic = *compiled(
        R"({"and":[{"==":[{"var":"variants.checkout"},"blue"]},{"var":["profile.age",{"var":"time"}]},
                   {"map":[{"var":"l"},{"var":"inside"}]},{"var":{"var":"which.one"}}]})");
    EXPECT_EQ(logic.reads(), (std::vector<LogicRead>{{"variants", "checkout", "/and/0/==/0"},
                                                     {"profile", "age", "/and/1"},
                                                     {"time", "", "/and/1/var/1"},
                                                     {"l", "", "/and/2/map/0"},
                                                     {"", "", "/and/3"},
                                                     {"which", "one", "/and/3/var"}}));
}

TEST(SegmentsAsked, AreFoundEverywhereAlsoWithinScopes) {
    const Logic logic = *compiled(
        R"({"or":[{"in_segment":"vip"},{"some":[{"var":"l"},{"in_segment":["new"]}]},{"in_segment":{"var":"x"}}]})");
    EXPECT_EQ(logic.segments_asked(), (std::vector<LogicRead>{{"segments", "vip", "/or/0"},
                                                              {"segments", "new", "/or/1/some/1"},
                                                              {"segments", "", "/or/2"}}));
}

TEST(SegmentsNamed, AreFoundInEverySpellingThatHasTheName) {
    const auto named = [](const std::string& text) {
        std::vector<std::string> names;
        for (const LogicRead& one : compiled(text)->segments_named())
            names.push_back(one.pointer + " " + one.member);
        return names;
    };
    using Names = std::vector<std::string>;
    EXPECT_EQ(named(R"({"and":[{"!":{"in_segment":"vip"}},{"in_segment":["new"]}]})"),
              (Names{"/and/0/! vip", "/and/1 new"}));
    EXPECT_EQ(named(R"({"in":["vip",{"var":"segments"}]})"), Names{" vip"});
    EXPECT_EQ(named(R"({"in":["vip",{"var":["segments",[]]}]})"), Names{" vip"});
    EXPECT_EQ(named(R"({"some":[{"var":"segments"},{"==":[{"var":""},"vip"]}]})"),
              Names{"/some/1 vip"});
    EXPECT_EQ(
        named(R"({"none":[{"var":"segments"},{"or":[{"in":[{"var":""},["a","b"]]},false]}]})"),
        (Names{"/none/1/or/0 a", "/none/1/or/0 b"}));
    EXPECT_EQ(named(R"({"===":["vip",{"var":"segments.0"}]})"), Names{" vip"});
}

TEST(SegmentsNamed, AreNotWhatIsAskedOfSomethingElse) {
    for (const char* text :
         {R"({"in_segment":{"var":"item.brand"}})", R"({"in":["vip",{"var":"item.tags"}]})",
          R"({"in":[{"var":"x"},{"var":"segments"}]})", R"({"==":[{"var":"segments.length"},"1"]})",
          R"({"some":[{"var":"tags"},{"==":[{"var":""},"vip"]}]})",
          R"({"some":[{"var":"segments"},{"some":[{"var":"x"},{"==":[{"var":""},"vip"]}]}]})"})
        EXPECT_TRUE(compiled(text)->segments_named().empty()) << text;
}

TEST(Outcomes, AreWhatStandsThereToBeComeTo) {
    const auto outcomes = [](const std::string& text) {
        std::vector<std::string> all;
        for (const LogicOutcome& one : compiled(text)->outcomes())
            all.push_back(one.pointer + " " + std::string(one.value.text()));
        return all;
    };
    using Said = std::vector<std::string>;
    EXPECT_EQ(outcomes(R"({"if":[{"==":[{"var":"a"},1]},"on",{"var":"b"},null,3]})"),
              (Said{R"(/if/1 "on")", "/if/3 null", "/if/4 3"}));
    EXPECT_EQ(outcomes(R"({"in_segment":"vip"})"), (Said{" true", " false"}));
    EXPECT_EQ(outcomes(R"({"and":[{"==":[{"var":"a"},1]},{"in_segment":"vip"},"on"]})"),
              (Said{"/and/0 false", "/and/1 false", R"(/and/2 "on")"}));
    EXPECT_EQ(outcomes(R"({"or":[{"==":[{"var":"a"},1]},"on"]})"),
              (Said{"/or/0 true", R"(/or/1 "on")"}));
    EXPECT_EQ(
        outcomes(R"({"fractional":[{"var":"u"},["a",1],[{"if":[{"var":"x"},"b","c"]},2],["d"]]})"),
        (Said{R"(/fractional/1/0 "a")", R"(/fractional/2/0/if/1 "b")",
              R"(/fractional/2/0/if/2 "c")", R"(/fractional/3/0 "d")"}));
    EXPECT_EQ(outcomes(R"({"var":"variant"})"), Said{});
    EXPECT_EQ(outcomes(R"({"cat":["on","off"]})"), Said{}) << "which is worked out";
}

// Whatever it comes to on data is among them, where they are all there is to come to.
TEST(Outcomes, HoldForEveryAnswer) {
    for (
        const char* text :
        {R"({"if":[{"var":"a"},{"and":[{"!":{"var":"b"}},"x"]},{"or":[{"==":[{"var":"b"},1]},"y"]}]})",
         R"({"?:":[{"var":"a"},{"fractional":[["p",1],["q",1]]},"z"]})",
         R"({"and":[{"or":[{"!!":{"var":"a"}},""]},{"if":[{"var":"b"},0]},"w"]})"}) {
        const Logic logic = *compiled(text);
        const auto all = logic.outcomes();
        for (const char* data : {R"({"a":true,"b":1,"targetingKey":"k"})", R"({"a":1,"b":0})",
                                 R"({"a":0,"b":1})", R"({})", R"({"targetingKey":"l","a":"t"})"}) {
            const auto document = json(data);
            const auto value = logic.answer({.data = LogicValue(document.root()), .now = noon()});
            ASSERT_TRUE(value);
            EXPECT_TRUE(value->is_null() ||
                        std::ranges::find(all, *value, &LogicOutcome::value) != all.end())
                << text << " of " << data << " is " << value->text();
        }
    }
}

TEST(IdleFractionals, AreThoseWhoseWeightsAreAllZero) {
    const auto idle = [](const char* text) { return compiled(text)->idle_fractionals(); };
    using Pointers = std::vector<std::string>;
    EXPECT_EQ(idle(R"({"if":[{"var":"a"},{"fractional":[["a",0],["b",0]]},"c"]})"),
              Pointers{"/if/1"});
    EXPECT_EQ(idle(R"({"fractional":[{"var":"u"},[{"var":"v"},0]]})"), Pointers{""});
    EXPECT_EQ(idle(R"({"fractional":[["a",0],["b",1]]})"), Pointers{});
    EXPECT_EQ(idle(R"({"fractional":[["a"]]})"), Pointers{});
    EXPECT_EQ(idle(R"({"fractional":[["a",{"var":"w"}],["b",0]]})"), Pointers{});
}

TEST(PathsNeeded, AreThoseThatAreReadAsIfTheyWereThere) {
    using Paths = std::vector<std::string>;
    EXPECT_EQ(compiled(R"({"and":[{"<=":[{"var":"item.price"},{"var":"context.budget"}]},
                                  {"in":[{"var":"context.trip.days"},{"var":["l"]}]}]})")
                  ->paths_needed(),
              (Paths{"context.budget", "context.trip.days", "item.price", "l"}));
    // Of entries, nothing is known; what a default stands in for may be missing, unless the default is.
    EXPECT_EQ(compiled(R"({"or":[{"some":[{"var":"l"},{"var":"inside"}]},
                                 {"var":["a",{"var":"b"}]}]})")
                  ->paths_needed(),
              (Paths{"b", "l"}));
}

TEST(PathsNeeded, AreNotThoseThatAreAskedAbout) {
    for (const char* question :
         {R"({"missing":["c.a"]})", R"({"missing":"c.a"})", R"({"missing":[["x","c.a"]]})",
          R"({"missing":[[["c.a",1]]]})", R"({"missing_some":[1,["c.a","c.b"]]})",
          R"({"missing":["c"]})", R"({"==":[{"var":"c.a"},null]})", R"({"!==":[null,{"var":"c"}]})",
          R"({"!":{"var":"c.a"}})", R"({"!!":[{"var":"c.a"}]})",
          R"({"if":[false,1,{"var":"c.a"},2,3]})"})
        EXPECT_EQ(compiled(R"({"or":[)" + std::string(question) + R"(,{"<":[1,{"var":"c.a"}]}]})")
                      ->paths_needed(),
                  std::vector<std::string>{})
            << question;
    for (const char* question : {R"({"missing":["c.a.b"]})", R"({"missing":["c.ab"]})",
                                 R"({"missing":["a"]})", R"({"if":[true,{"var":"c.a"},2]})"})
        EXPECT_EQ(compiled(R"({"or":[)" + std::string(question) + R"(,{"<":[1,{"var":"c.a"}]}]})")
                      ->paths_needed(),
                  std::vector<std::string>{"c.a"})
            << question;
}

TEST(AsksTheTime, ByWithinDaysWhereverItStands) {
    EXPECT_TRUE(
        compiled(R"({"all":[{"var":"l"},{"within_days":[{"var":"at"},1]}]})")->asks_the_time());
    EXPECT_FALSE(compiled(R"({"var":"time.hour"})")->asks_the_time());
}

TEST(RootsRead, AreTheFirstStepsOfAllPathsOutsideOfScopes) {
    EXPECT_EQ(
        compiled(
            R"({"and":[{"var":"profile.age"},{"some":[{"var":"segments"},{"==":[{"var":"x"},1]}]},
                                  {"in_segment":"vip"},{"==":[{"var":"time.hour"},1]}]})")
            ->roots_read(),
        (std::vector<std::string>{"profile", "segments", "time"}));
}

}  // namespace
}  // namespace attune::engine
