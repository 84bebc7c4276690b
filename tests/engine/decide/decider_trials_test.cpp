// Trying a rule before it is saved: whether it would apply, and all that stands in its way.
#include "tests/engine/decide/decider_world.h"

namespace attune::engine {
namespace {

class DeciderTrialsTest : public DeciderTest {
protected:
    DeciderTrialsTest() { world_.apply({.user_id = "ann"}, {view("1", "ann", {})}); }

    static domain::Rule rule(std::string_view members = "") {
        const std::string text =
            R"({"name":"r","actions":[{"path":"x","value":1}])" + std::string(members) + "}";
        return *base::from_json<domain::Rule>(text);
    }
    // What stands in the way, first first; "applies" when nothing does.
    std::string tried(const domain::Rule& rule, std::string_view user,
                      std::string_view context = "{}", std::optional<std::string_view> id = {}) {
        const auto where = base::JsonDocument::parse(context);
        const auto trial =
            decider_.test(world_.tenant, {.rule = rule, .id = id}, {user, where->root()}, {});
        EXPECT_TRUE(trial);
        return text_of(*trial);
    }
    std::string tried_on(const domain::Rule& rule, std::string_view data,
                         std::string_view context = "{}") {
        const auto where = base::JsonDocument::parse(context);
        const auto given = base::JsonDocument::parse(data);
        const auto trial =
            decider_.test(world_.tenant, {.rule = rule}, {"", where->root()}, given->root());
        EXPECT_TRUE(trial);
        EXPECT_EQ(trial->person, "given");
        return text_of(*trial);
    }

private:
    static std::string text_of(const Decider::Trial& trial) {
        std::string text;
        for (const std::string_view one : trial.why_not)
            text.append(text.empty() ? "" : " ").append(one);
        return text.empty() ? "applies" : text;
    }
};

TEST_F(DeciderTrialsTest, IsAsTheConfigurationWouldHaveIt) {
    EXPECT_EQ(tried(rule(), "ann"), "applies");
    EXPECT_EQ(tried(rule(R"(,"contexts":["dashboard"])"), "ann", R"({"name":"dashboard"})"),
              "applies");
    EXPECT_EQ(tried(rule(R"(,"contexts":["dashboard"])"), "ann", R"({"name":"login"})"),
              "not_here");
    EXPECT_EQ(tried(rule(R"(,"contexts":["dashboard"])"), "ann"), "not_here")
        << "as a question that does not say where";
    EXPECT_EQ(tried(rule(R"(,"status":"draft")"), "ann"), "draft");
    EXPECT_EQ(tried(rule(R"(,"schedule":{"from":"2100-01-01T00:00:00Z"})"), "ann"), "not_now");
    EXPECT_EQ(tried(rule(R"(,"condition":{"==":[1,2]})"), "ann"), "no_match");
}

TEST_F(DeciderTrialsTest, SaysAllThatStandsInTheWay) {
    EXPECT_EQ(tried(rule(R"(,"status":"paused","contexts":["a"],"rollout":0,"condition":false,)"
                         R"("schedule":{"from":"2100-01-01T00:00:00Z"})"),
                    "ann", R"({"name":"b"})", "r"),
              "paused not_here not_now no_match not_you");
}

TEST_F(DeciderTrialsTest, WhoIsUnknownOrHasOptedOutIsGivenNothing) {
    EXPECT_EQ(tried(rule(), "nobody"), "unknown_person");
    EXPECT_EQ(tried(rule(R"(,"condition":{"==":[{"var":"profile.user_id"},"ann"]})"), "nobody"),
              "unknown_person no_match");
    say(view("2", "bob", {}), "$consent", R"({"personalise":false})");
    EXPECT_EQ(tried(rule(), "bob"), "opted_out");
    EXPECT_EQ(tried(rule(), ""), "applies") << "on nobody in particular";
}

TEST_F(DeciderTrialsTest, DrawsASavedRulesSharesAsTheyAre) {
    save("half", R"({"name":"r","actions":[{"path":"x","value":1}],"rollout":0.5})");
    const domain::Rule half = rule(R"(,"rollout":0.5)");
    int in = 0;
    for (int i = 0; i < 40; ++i) {
        const std::string user = "p" + std::to_string(i);
        world_.apply({.user_id = user}, {view(user, user, {})});
        const bool applies = tried(half, user, "{}", "half") == "applies";
        EXPECT_EQ(at(user, "config.x") == "1", applies) << user;
        in += applies ? 1 : 0;
        EXPECT_EQ(tried(half, user), "applies") << "whose share it is follows from the id";
    }
    EXPECT_GT(in, 5);
    EXPECT_LT(in, 35);
}

TEST_F(DeciderTrialsTest, OnDataAContextCountsWhereItIsGiven) {
    const domain::Rule one = rule(R"(,"contexts":["a"],"condition":{"==":[{"var":"plan"},"pro"]})");
    EXPECT_EQ(tried_on(one, R"({"plan":"pro"})"), "applies");
    EXPECT_EQ(tried_on(one, R"({"plan":"free"})"), "no_match");
    EXPECT_EQ(tried_on(one, R"({"plan":"pro"})", R"({"name":"b"})"), "not_here");
    EXPECT_EQ(tried_on(one, R"({"plan":"pro","context":{"name":"b"}})"), "not_here");
}

TEST_F(DeciderTrialsTest, RefusesAPersonTogetherWithData) {
    const auto empty = base::JsonDocument::parse("{}");
    const domain::Rule all = rule();
    const auto both =
        decider_.test(world_.tenant, {.rule = all}, {"ann", empty->root()}, empty->root());
    ASSERT_FALSE(both);
    EXPECT_EQ(both.error().fields.at(0).pointer, "/data");
    const domain::Segment segment{.name = "n", .condition = *base::JsonText::parse("true")};
    EXPECT_FALSE(decider_.test(world_.tenant, segment, "ann", empty->root()));
}

}  // namespace
}  // namespace attune::engine
