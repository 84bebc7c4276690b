// What all conditions of one answer may cost together, and that it is told when they would cost more.
#include "tests/engine/decide/decider_world.h"

namespace attune::engine {
namespace {

// True of everybody, for some 0.8 million steps: just within what one expression may take.
std::string costly() {
    std::string list = "[1";
    for (int i = 1; i < 880; ++i) list += ",1";
    list += ']';
    return R"({"all":[)" + list + R"(,{"all":[)" + list + ",1]}]}";
}

class AnswerBudgetTest : public DeciderTest {
protected:
    void flag(const std::string& key, const std::string& condition) {
        const auto saved = flags_.put(
            world_.tenant, key,
            *base::JsonText::parse(
                R"({"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"off",)"
                R"("targeting":{"if":[)" +
                condition + R"(,"on","off"]}})"),
            {.by = "test"});
        ASSERT_TRUE(saved) << saved.error().message;
    }
    void segment(std::string_view id, const std::string& condition) {
        const auto saved =
            segments_.put(world_.tenant, id,
                          *base::JsonText::parse(R"({"name":"n","condition":)" + condition + "}"),
                          {.by = "test"});
        ASSERT_TRUE(saved) << saved.error().message;
    }
    void rule(const std::string& id, const std::string& condition) {
        save(id, R"({"name":"n","actions":[{"path":")" + id + R"(","value":1}],"condition":)" +
                     condition + "}");
    }
};

TEST_F(AnswerBudgetTest, RulesBeyondItAreLeftOutAndSaySo) {
    world_.apply({.user_id = "ann"}, {view("1", "ann", {})});
    for (const char* id : {"a", "b", "c", "d"}) rule(id, costly());
    const base::JsonDocument answer = ask("ann", "{}", true);
    // The strongest are asked first, which of one priority are those with the smallest ids.
    EXPECT_EQ(at("ann", "config.a"), "1");
    EXPECT_EQ(at("ann", "config.b"), "1");
    EXPECT_EQ(at("ann", "config.c"), "nothing");
    const auto rules = answer.root().find("reasons")->find("rules");
    std::size_t undecided = 0;
    for (const base::JsonView one : rules->elements()) {
        const bool is_undecided = one.find("outcome")->as_string() == "undecided";
        EXPECT_EQ(is_undecided, one.find("problem").has_value());
        if (!is_undecided) continue;
        ++undecided;
        EXPECT_NE(one.find("problem")->as_string()->find("of one answer"), std::string::npos);
    }
    EXPECT_EQ(undecided, 2u);
    EXPECT_EQ(decider_.stats().budgets_spent, 4u) << "each of the four questions";
    EXPECT_EQ(decider_.stats().rules_undecided, 8u);
}

TEST_F(AnswerBudgetTest, ARuleBeyondItsOwnBoundSaysSoAndCostsNoOther) {
    world_.apply({.user_id = "ann"}, {view("1", "ann", {})});
    rule("a", R"({"and":[)" + costly() + "," + costly() + "]}");
    rule("z", R"({">":[{"var":"session.count"},-1]})");
    EXPECT_EQ(at("ann", "config.z"), "1");
    EXPECT_EQ(at("ann", "config.a"), "nothing");
    const base::JsonDocument answer = ask("ann", "{}", true);
    std::string problem;
    for (const base::JsonView one : answer.root().find("reasons")->find("rules")->elements())
        if (const auto said = one.find("problem")) problem = *said->as_string();
    EXPECT_EQ(problem, "the expression takes more than 1000000 steps");
    EXPECT_EQ(decider_.stats().budgets_spent, 0u);
}

TEST_F(AnswerBudgetTest, WhatFailsAtOnceCostsWhatItDid) {
    world_.apply({.user_id = "ann"}, {view("1", "ann", {})});
    for (const char* key : {"f1", "f2", "f3"}) flag(key, R"({"$ref":"gone"})");
    flag("z", R"({"==":[{"var":"device"},"mobile"]})");
    std::string list = "0";
    for (int i = 0; i < 200; ++i) list += ",0";
    for (const char* id : {"a", "b", "c"})  // a list nested deeper than may be
        rule(id, R"({"reduce":[[)" + list + R"(],[{"var":"accumulator"},{"var":"current"}],[]]})");
    rule("z", R"({">":[{"var":"session.count"},-1]})");
    const base::JsonDocument answer = ask("ann", R"({"device":"mobile"})", true);
    EXPECT_EQ(answer.root().find("flags")->find("z")->text().text(), "true");
    EXPECT_EQ(at("ann", "config.z"), "1");
    for (const base::JsonView one : answer.root().find("reasons")->find("flags")->elements())
        EXPECT_EQ(one.find("error")->as_string(), "PARSE_ERROR");
    EXPECT_EQ(decider_.stats().budgets_spent, 0u);
}

TEST_F(AnswerBudgetTest, RulesAndFlagsShareIt) {
    world_.apply({.user_id = "ann"}, {view("1", "ann", {})});
    rule("a", costly());
    for (const char* key : {"f1", "f2", "f3"}) flag(key, costly());
    flag("fixed", "true");
    const base::JsonDocument answer = ask("ann", "{}", true);
    const base::JsonView flags = *answer.root().find("flags");
    EXPECT_TRUE(flags.find("f1"));
    EXPECT_FALSE(flags.find("f2")) << "a default would be an answer";
    EXPECT_FALSE(flags.find("f3"));
    const base::JsonView failed = *answer.root().find("reasons")->find("flags");
    std::vector<std::string> keys;
    for (const base::JsonView one : failed.elements()) {
        keys.emplace_back(*one.find("flag")->as_string());
        EXPECT_EQ(one.find("error")->as_string(), "GENERAL");
        EXPECT_NE(one.find("detail")->as_string()->find("2000000 steps"), std::string::npos);
    }
    EXPECT_EQ(keys.front(), "f2");
    EXPECT_EQ(decider_.stats().budgets_spent, 1u);
}

TEST_F(AnswerBudgetTest, SegmentsThatLastAreTheSameWhateverElseIsAsked) {
    world_.apply({.user_id = "ann"}, {view("1", "ann", {})});
    for (const char* id : {"s1", "s2", "s3"}) segment(id, costly());
    rule("a", costly());
    const std::string first = at("ann", "segments");
    EXPECT_EQ(first, R"(["s1","s2"])");
    EXPECT_EQ(at("ann", "config.a"), "1") << "what is kept beyond the answer is not taken off it";
    // What was recorded changes the profile, so that they are worked out anew once more.
    ASSERT_TRUE(log_.flush());
    EXPECT_EQ(at("ann", "segments"), first);
    const std::uint64_t spent = decider_.stats().budgets_spent;
    EXPECT_GT(spent, 0u);
    EXPECT_EQ(at("ann", "segments"), first);
    EXPECT_EQ(decider_.stats().budgets_spent, spent) << "they are worked out once for a profile";
}

TEST_F(AnswerBudgetTest, SegmentsThatDoNotLastShareItWithTheRest) {
    world_.apply({.user_id = "ann"}, {view("1", "ann", {})});
    const std::string at_any_hour = R"({">=":[{"var":"time.hour"},0]})";
    for (const char* id : {"s1", "s2", "s3"})
        segment(id, R"({"and":[)" + at_any_hour + "," + costly() + "]}");
    rule("a", costly());
    EXPECT_EQ(at("ann", "segments"), R"(["s1","s2"])");
    EXPECT_EQ(at("ann", "config.a"), "nothing");
}

TEST_F(AnswerBudgetTest, WhatPeopleWriteStaysFarBelow) {
    world_.apply({.user_id = "ann"}, {view("1", "ann", {})});
    const std::string condition =
        R"({"and":[{"==":[{"var":"profile.user_id"},"ann"]},{"in":[{"var":"context.device"},["mobile","tablet"]]},)"
        R"({"or":[{">":[{"var":"session.count"},-1]},{"within_days":[{"var":"profile.first_seen"},30]}]}]})";
    for (int i = 0; i < 50; ++i) rule("r" + std::to_string(i), condition);
    for (int i = 0; i < 100; ++i)
        flag(
            "f" + std::to_string(i),
            R"({"and":[{"==":[{"var":"device"},"mobile"]},{"starts_with":[{"var":"targetingKey"},"a"]}]})");
    // Two that take 1.6 million steps of the two million, before all others: these must find room.
    rule("a1", costly());
    rule("a2", costly());
    const base::JsonDocument answer = ask("ann", R"({"device":"mobile"})", true);
    EXPECT_EQ(answer.root().find("flags")->find("f99")->text().text(), "true");
    EXPECT_EQ(answer.root().find("config")->find("r49")->text().text(), "1");
    EXPECT_EQ(decider_.stats().rules_undecided, 0u);
    EXPECT_EQ(decider_.stats().budgets_spent, 0u);
}

}  // namespace
}  // namespace attune::engine
