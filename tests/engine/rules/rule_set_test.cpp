#include "engine/rules/rule_set.h"

#include "base/json.h"

#include <gtest/gtest.h>

#include <random>
#include <set>
#include <sstream>

namespace attune::engine {
namespace {

using namespace std::chrono_literals;

Definition rule(std::string id, std::string_view json) {
    return {std::move(id), {{.version = 7, .body = *base::JsonText::parse(json)}}};
}

class RuleSetTest : public testing::Test {
protected:
    std::shared_ptr<const RuleSet> compiled(std::vector<Definition> rules) {
        auto set = RuleSet::compile(rules, zones_);
        EXPECT_TRUE(set) << (set ? "" : set.error().message);
        return set ? *set : nullptr;
    }
    // The place that is wrong with it, or nothing.
    std::string wrong(std::string_view json) {
        const std::vector<Definition> rules{rule("r", json)};
        const auto set = RuleSet::compile(rules, zones_);
        if (set) return {};
        return set.error().fields.empty() ? "no field" : set.error().fields.front().pointer;
    }
    // Ids of those that match, weakest first, with a mark behind those that do not apply.
    std::string matches(const RuleSet& set, std::string_view context, std::string_view data,
                        std::string_view unit = "u") {
        const auto document = base::JsonDocument::parse(data, {.bytes_max = 16u << 20});
        std::string ids;
        const LogicInput input{.data = LogicValue(document->root()), .now = now_};
        for (const RuleSet::Match& match : set.matches(context, input, unit).rules) {
            if (!ids.empty()) ids += ' ';
            ids += match.rule->id;
            if (match.outcome == CompiledRule::Outcome::held_out) ids += '-';
            if (match.outcome == CompiledRule::Outcome::undecided) ids += '?';
        }
        return ids;
    }

    const TimeZones zones_ = TimeZones::of_system();
    base::Time now_{1'780'000'000s};
};

constexpr std::string_view kDark = R"("actions":[{"path":"ui.theme","value":"dark"}])";

std::string with(std::string_view more) {
    return R"({"name":"n",)" + std::string(kDark) + (more.empty() ? "" : ",") + std::string(more) +
           "}";
}

TEST_F(RuleSetTest, TheHigherPriorityComesLastThenTheMoreSpecificThenTheSmallerId) {
    const auto set =
        compiled({rule("a", with("")), rule("b", with("")), rule("c", with(R"("priority":5)")),
                  rule("d", with(R"("contexts":["dashboard"])")),
                  rule("e", with(R"("condition":{"==":[{"var":"plan"},"pro"]})"))});
    EXPECT_EQ(matches(*set, "dashboard", R"({"plan":"pro"})"), "b a d e c");
    EXPECT_EQ(matches(*set, "login", R"({"plan":"free"})"), "b a c");
}

TEST_F(RuleSetTest, OnlyActiveOnesCountButAllAreChecked) {
    const auto set = compiled({rule("a", with(R"("status":"paused")")),
                               rule("b", with(R"("status":"draft")")), rule("c", with(""))});
    EXPECT_EQ(matches(*set, "x", "{}"), "c");
    EXPECT_EQ(wrong(with(R"("status":"draft","condition":{"nonsense":[1]})")),
              "/condition/nonsense");
}

TEST_F(RuleSetTest, IsInForceByItsSchedule) {
    const auto set = compiled(
        {rule("past", with(R"("schedule":{"until":"2020-01-01T00:00:00Z"})")),
         rule("now", with(R"("schedule":{"from":"2020-01-01T00:00:00Z"})")),
         rule("never", with(R"("schedule":{"cron":"0 0 29 2 *","duration_seconds":60})"))});
    EXPECT_EQ(matches(*set, "x", "{}"), "now");
}

TEST_F(RuleSetTest, ARolloutIsForItsShareAndNeverTakesAnybodyBack) {
    const auto tenth = compiled({rule("r", with(R"("rollout":0.1)"))});
    const auto half = compiled({rule("r", with(R"("rollout":0.5)"))});
    int in_tenth = 0;
    int in_half = 0;
    for (int i = 0; i < 10'000; ++i) {
        const std::string unit = "u" + std::to_string(i);
        const bool a = !matches(*tenth, "x", "{}", unit).empty();
        const bool b = !matches(*half, "x", "{}", unit).empty();
        EXPECT_TRUE(b || !a) << unit;
        in_tenth += a;
        in_half += b;
    }
    EXPECT_NEAR(in_tenth, 1'000, 100);
    EXPECT_NEAR(in_half, 5'000, 160);
}

TEST_F(RuleSetTest, OfThoseWhoMatchARuleWithAGoalOneInTwentyIsHeldOut) {
    const auto set = compiled({rule("r", with(R"("goal":"purchase")"))});
    int held_out = 0;
    for (int i = 0; i < 10'000; ++i)
        held_out += matches(*set, "x", "{}", "u" + std::to_string(i)) == "r-";
    EXPECT_NEAR(held_out, 500, 70);
}

// What is promised to people is promised for good.
TEST(Shares, NeverChange) {
    EXPECT_DOUBLE_EQ(share_of("rollout", "r", "u1"), 0.75782248282500908);
    EXPECT_DOUBLE_EQ(share_of("holdout", "r", "u1"), 0.39206036587720339);
    EXPECT_NE(share_of("rollout", "ab", "c"), share_of("rollout", "a", "bc"));
}

TEST_F(RuleSetTest, WhatCannotMeanAnythingIsRefusedWithItsPlace) {
    EXPECT_EQ(wrong(R"({"name":"n","actions":[{"path":"a..b","value":1}]})"), "/actions/0/path");
    EXPECT_EQ(wrong(R"({"name":"n","actions":[{"path":"a.b.c.d.e.f.g.h.i","value":1}]})"),
              "/actions/0/path");
    EXPECT_EQ(wrong(R"({"name":"n","actions":[{"path":"ui.theme","value":"pink"}]})"),
              "/actions/0/value");
    EXPECT_EQ(wrong(R"({"name":"n","actions":[{"path":"ui","value":{"theme":"pink"}}]})"),
              "/actions/0/value/theme");
    EXPECT_EQ(wrong(R"({"name":"n","actions":[{"op":"merge","path":"ui","value":{"layout":1}}]})"),
              "/actions/0/value/layout");
    EXPECT_EQ(wrong(R"({"name":"n","actions":[{"path":"ui","value":[]}]})"), "/actions/0/value");
    EXPECT_EQ(wrong(R"({"name":"n","actions":[{"path":"ui.theme.x","value":1}]})"),
              "/actions/0/path");
    EXPECT_EQ(wrong(R"({"name":"n","actions":[{"op":"append","path":"ui","value":1}]})"),
              "/actions/0/value");
    EXPECT_EQ(wrong(R"({"name":"n","actions":[{"path":"a"}]})"), "/actions/0/value");
    EXPECT_EQ(wrong(R"({"name":"n","actions":[{"path":"a","value":null}]})"), "/actions/0/value");
    EXPECT_EQ(wrong(R"({"name":"n","actions":[{"op":"remove","path":"a"}]})"), "");
    EXPECT_EQ(wrong(R"({"name":"n","actions":[{"op":"remove","path":"ui"}]})"), "");
    EXPECT_EQ(wrong(with(R"("goal":"buy","goal_window_seconds":60)")), "");
    EXPECT_EQ(wrong(with(R"("goal_window_seconds":60)")), "/goal_window_seconds");
    EXPECT_EQ(wrong(with(R"("goal":"buy","goal_window_seconds":0)")), "/goal_window_seconds");
    EXPECT_EQ(
        wrong(R"({"name":"n","actions":[{"op":"merge","path":"ui","value":{"theme":"dark"}}]})"),
        "");
    EXPECT_EQ(wrong(R"({"name":"n","actions":[{"path":"a","op":"merge","value":3}]})"),
              "/actions/0/value");
    EXPECT_EQ(wrong(R"({"name":"n","actions":[{"path":"a","op":"append"}]})"), "/actions/0/value");
    EXPECT_EQ(wrong(R"({"name":"n","actions":[]})"), "/actions");
    EXPECT_EQ(wrong(with(R"("rollout":1.5)")), "/rollout");
    EXPECT_EQ(wrong(with(R"("contexts":[""])")), "/contexts/0");
    EXPECT_EQ(wrong(with(R"("schedule":{"cron":"never"})")), "/schedule/cron");
    EXPECT_EQ(wrong(with(R"("schedule":{"cron":"0 0 30 2 *","duration_seconds":60})")),
              "/schedule/cron");
    EXPECT_EQ(wrong(with(R"("unknown":1)")), "/unknown");
    EXPECT_EQ(wrong(with(R"("condition":{"and":[{"==":[1]},{"matches":[{"var":"a"},"("]}]})"))
                  .substr(0, 15),
              "/condition/and/");
}

TEST_F(RuleSetTest, AConditionThatTakesTooMuchWorkDoesNotApply) {
    const auto set = compiled({rule(
        "r",
        with(R"("condition":{"all":[{"var":"xs"},{"all":[{"var":""},{">=":[{"var":""},0]}]}]})"))});
    std::string row = "[0";
    for (int i = 1; i < 1'000; ++i) row += ",0";
    row += "]";
    std::string rows = row;
    for (int i = 1; i < 1'000; ++i) rows += "," + row;
    EXPECT_EQ(matches(*set, "x", R"({"xs":[)" + row + "]}"), "r");
    EXPECT_EQ(matches(*set, "x", R"({"xs":[)" + rows + "]}"), "r?");
}

// The index may pass over rules, never over one that matches.
TEST_F(RuleSetTest, TheIndexFindsExactlyWhatAsksEveryRuleWould) {
    std::mt19937 random(5);
    const auto pick = [&](std::initializer_list<const char*> of) {
        return std::string(*(of.begin() + random() % of.size()));
    };
    const auto test = [&] {
        const std::string path = pick({"plan", "device", "profile.country", "list.0", "n"});
        const std::string value =
            pick({R"("pro")", R"("free")", R"("CH")", "1", R"("1")", "null", R"("")", "true"});
        return R"({")" + pick({"==", "===", "!="}) + R"(":[{"var":")" + path + R"("},)" + value +
               "]}";
    };
    std::vector<Definition> rules;
    std::vector<Logic> conditions;
    for (int i = 0; i < 400; ++i) {
        std::string condition = test();
        if (random() % 2)
            condition = R"({")" + pick({"and", "or"}) + R"(":[)" + condition + "," + test() + "]}";
        conditions.push_back(*Logic::compile(base::JsonDocument::parse(condition)->root()));
        const std::string contexts = random() % 2 ? R"("contexts":["dashboard"],)" : "";
        rules.push_back(
            rule("r" + std::to_string(i), with(contexts + R"("condition":)" + condition)));
    }
    const auto together = compiled(rules);
    for (int i = 0; i < 100; ++i) {
        const std::string data = R"({"plan":)" + pick({R"("pro")", R"("free")", "null", "1"}) +
                                 R"(,"device":)" + pick({R"("1")", "true", R"("CH")"}) +
                                 R"(,"profile":{"country":)" + pick({R"("CH")", R"([["CH"]])"}) +
                                 R"(},"list":[)" + pick({"1", R"("pro")", "null"}) + R"(],"n":)" +
                                 pick({"1", R"("")", "1.0"}) + "}";
        std::set<std::string> alone;
        const auto document = base::JsonDocument::parse(data);
        for (std::size_t r = 0; r < rules.size(); ++r)
            if (*conditions[r].holds({.data = LogicValue(document->root())}))
                alone.insert(rules[r].id);
        std::set<std::string> found;
        std::istringstream ids(matches(*together, "dashboard", data));
        for (std::string id; ids >> id;) found.insert(id);
        EXPECT_EQ(found, alone) << data;
    }
}

}  // namespace
}  // namespace attune::engine
