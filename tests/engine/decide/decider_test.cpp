#include "tests/engine/decide/decider_world.h"

#include "engine/experiment/experiment_reader.h"

#include <gtest/gtest.h>

#include <set>

namespace attune::engine {
namespace {

constexpr std::string_view kDark =
    R"({"name":"dark","actions":[{"path":"ui.theme","value":"dark"}]})";

TEST_F(DeciderTest, WhoIsUnknownOrOptedOutGetsTheDefaults) {
    save("dark", kDark);
    EXPECT_EQ(at("nobody", "config"), default_config());
    EXPECT_EQ(at("nobody", "reasons.person"), R"("unknown")");
    EXPECT_EQ(at("nobody", "decision_id"), "null");
    say(view("1", "ann", {}), "$consent", R"({"personalise":false})");
    EXPECT_EQ(at("ann", "config"), default_config());
    EXPECT_EQ(at("ann", "reasons.person"), R"("opted_out")");
    say(view("2", "ann", {}), "$consent", R"({"personalise":true})");
    EXPECT_EQ(at("ann", "config.ui.theme"), R"("dark")");
}

TEST_F(DeciderTest, BeginsWithWhatThePersonsOwnDoingTells) {
    for (int i = 0; i < 3; ++i)
        say(view("a" + std::to_string(i), "ann", {}), "page", R"({"path":"/home"})");
    say(view("b", "ann", {}), "page", R"({"path":"/cart"})");
    for (int i = 0; i < 3; ++i)
        say(view("c" + std::to_string(i), "ann", {}), "used", R"({"feature":"export"})");
    say(view("d", "ann", {}), "used", R"({"feature":"import"})");
    say(view("e", "ann", {}), "$preference", R"({"key":"theme","value":"light"})");
    say(view("f", "ann", {}), "$preference", R"({"key":"layout","value":"tiny"})");
    EXPECT_EQ(at("ann", "config.ui"),
              R"({"theme":"light","layout":"comfortable","features":{"export":true},)"
              R"("navigation":{"order":["/home","/cart"],"shortcuts":["/home","/cart"]}})");
    EXPECT_EQ(at("ann", "config.content.difficulty"), R"("beginner")");
}

TEST_F(DeciderTest, WhatEveryClientReadsIsEmptiedAndNotTakenAway) {
    world_.apply({.user_id = "ann"}, {view("1", "ann", {})});
    save(
        "a",
        R"({"name":"n","actions":[{"op":"remove","path":"ui"},{"op":"remove","path":"content"}]})");
    EXPECT_EQ(at("ann", "config"), R"({"ui":{},"content":{}})");
    save(
        "b",
        R"({"name":"n","actions":[{"op":"set","path":"own.part","value":1},{"op":"remove","path":"own"},)"
        R"({"op":"set","path":"ui.theme","value":"dark"},{"op":"remove","path":"ui.theme"}]})");
    EXPECT_EQ(at("ann", "config"), R"({"ui":{},"content":{}})");
}

TEST_F(DeciderTest, ConditionsLookIntoProfileContextInterestsSessionAndTime) {
    world_.apply({.user_id = "ann"}, {view("1", "ann", {})});
    const auto holds = [&](std::string_view condition, std::string_view context = "{}") {
        save("r", R"({"name":"r","actions":[{"path":"x","value":1}],"condition":)" +
                      std::string(condition) + "}");
        return at("ann", "config.x", context) == "1";
    };
    EXPECT_TRUE(holds(R"({"==":[{"var":"profile.user_id"},"ann"]})"));
    EXPECT_TRUE(holds(R"({"==":[{"var":"profile.behaviour.events"},1]})"));
    EXPECT_TRUE(holds(R"({"==":[{"var":"context.device"},"mobile"]})", R"({"device":"mobile"})"));
    EXPECT_FALSE(holds(R"({"==":[{"var":"context.device"},"mobile"]})"));
    EXPECT_TRUE(holds(R"({"!":{"var":"insights"}})"));
    EXPECT_TRUE(holds(R"({">=":[{"var":"session.count"},1]})"));
    EXPECT_TRUE(holds(R"({"<":[{"var":"time.hour"},24]})"));
    EXPECT_FALSE(holds(R"({"in_segment":"vip"})"));
}

TEST_F(DeciderTest, TheHourIsThatOfTheContextsZone) {
    world_.apply({.user_id = "ann"}, {view("1", "ann", {})});
    save("r", R"({"name":"r","actions":[{"path":"x","value":1}],)"
              R"("condition":{"==":[{"var":"time.hour"},)" +
                  std::to_string(zones_.find("Asia/Tokyo")->local(world_.clock.now()).hour) +
                  "]}}");
    EXPECT_EQ(at("ann", "config.x", R"({"time_zone":"Asia/Tokyo"})"), "1");
    EXPECT_EQ(at("ann", "config.x"), "nothing");
}

TEST_F(DeciderTest, SaysWhichRuleWonAndWhichLost) {
    world_.apply({.user_id = "ann"}, {view("1", "ann", {})});
    save("dark", kDark);
    save(
        "light",
        R"({"name":"light","priority":5,"actions":[{"path":"ui","op":"merge","value":{"a":1}},{"path":"ui.theme","value":"light"}]})");
    EXPECT_EQ(at("ann", "config.ui.theme"), R"("light")");
    EXPECT_EQ(
        at("ann", "reasons.paths"),
        R"([{"path":"ui.theme","rules":["light"],"lost":["dark"]},{"path":"ui.a","rules":["light"],"lost":[]}])");
    EXPECT_EQ(at("ann", "reasons.rules"),
              R"([{"rule_id":"light","name":"light","priority":5,"outcome":"applies"},)"
              R"({"rule_id":"dark","name":"dark","priority":0,"outcome":"applies"}])");
}

TEST_F(DeciderTest, RulesAreAskedByWhereTheQuestionComesFrom) {
    world_.apply({.user_id = "ann"}, {view("1", "ann", {})});
    save("r", R"({"name":"r","contexts":["dashboard"],"actions":[{"path":"x","value":1}]})");
    EXPECT_EQ(at("ann", "config.x", R"({"name":"dashboard"})"), "1");
    EXPECT_EQ(at("ann", "config.x", R"({"name":"login"})"), "nothing");
}

TEST_F(DeciderTest, EveryAnswerIsADecisionWithItsProbability) {
    world_.apply({.user_id = "ann"}, {view("1", "ann", {})});
    save("goal", R"({"name":"g","goal":"purchase","actions":[{"path":"x","value":1}]})");
    const std::string id = at("ann", "decision_id");
    EXPECT_EQ(at("ann", "decision_id"), id) << "the same within a session";
    ASSERT_TRUE(log_.flush());
    auto page = world_.people->interactions(world_.tenant, "ann", {.event = "$decision"});
    ASSERT_EQ(page->items.size(), 1u);
    EXPECT_EQ('"' + page->items[0].decision_id.value_or("") + '"', id);
    EXPECT_EQ(page->items[0].properties.text(),
              R"({"kind":"config","subject":"","choices":[{"of":"rule:goal","chosen":"applied",)"
              R"("probability":0.95,"version":1,"among":["applied","holdout"]}],"segments":[]})");
}

TEST_F(DeciderTest, OfVeryManyRulesTheStrongestAreRecorded) {
    world_.apply({.user_id = "ann"}, {view("1", "ann", {})});
    for (int i = 0; i < 103; ++i)
        save("r" + std::to_string(i), R"({"name":"r","priority":)" + std::to_string(i) +
                                          R"(,"actions":[{"path":"x","value":1}]})");
    (void)ask("ann");
    ASSERT_TRUE(log_.flush());
    auto page = world_.people->interactions(world_.tenant, "ann", {.event = "$decision"});
    const std::string told(page->items.at(0).properties.text());
    EXPECT_NE(told.find(R"("rule:r102")"), std::string::npos);
    EXPECT_NE(told.find(R"("rule:r3")"), std::string::npos);
    EXPECT_EQ(told.find(R"("rule:r2")"), std::string::npos);
}

TEST_F(DeciderTest, HasTheFlagsThatHaveAValue) {
    world_.apply({.user_id = "ann"}, {view("1", "ann", {})});
    const auto put = [&](std::string_view key, std::string_view flag) {
        ASSERT_TRUE(flags_.put(world_.tenant, key, *base::JsonText::parse(flag), {.by = "test"}));
    };
    put("new", R"({"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"off",)"
               R"("targeting":{"if":[{"==":[{"var":"targetingKey"},"ann"]},"on"]}})");
    put("old", R"({"state":"DISABLED","variants":{"on":true},"defaultVariant":"on"})");
    put("colour", R"({"state":"ENABLED","variants":{"r":"red","b":"blue"},"defaultVariant":"r",)"
                  R"("targeting":{"if":[{"==":[{"var":"device"},"tv"]},"b"]}})");
    EXPECT_EQ(at("ann", "flags"), R"({"colour":"red","new":true})");
    EXPECT_EQ(at("ann", "flags.colour", R"({"device":"tv"})"), R"("blue")");
}

class DeciderSegmentsTest : public DeciderTest {
protected:
    void segment(std::string_view id, std::string_view condition) {
        const auto saved = segments_.put(
            world_.tenant, id,
            *base::JsonText::parse(R"({"name":"n","condition":)" + std::string(condition) + "}"),
            {.by = "test"});
        ASSERT_TRUE(saved) << saved.error().message;
    }
};

constexpr std::string_view kRegular = R"({">=":[{"var":"profile.behaviour.events"},2]})";

TEST_F(DeciderSegmentsTest, ArePartOfTheAnswerOfConditionsAndOfWhatIsRecorded) {
    segment("regulars", kRegular);
    segment("evening", R"({">=":[{"var":"time.hour"},0]})");
    save(
        "r",
        R"({"name":"r","actions":[{"path":"x","value":1}],"condition":{"in_segment":"regulars"}})");
    save("s", R"({"name":"s","actions":[{"path":"y","value":1}],)"
              R"("condition":{"in":["evening",{"var":"segments"}]}})");
    world_.apply({.user_id = "ann"}, {view("1", "ann", {})});
    EXPECT_EQ(at("ann", "segments"), R"(["evening"])");
    EXPECT_EQ(at("ann", "config.x"), "nothing");
    EXPECT_EQ(at("ann", "config.y"), "1");
    world_.apply({.user_id = "ann"}, {view("2", "ann", {})});
    EXPECT_EQ(at("ann", "segments"), R"(["evening","regulars"])");
    EXPECT_EQ(at("ann", "config.x"), "1");
    EXPECT_EQ(at("nobody", "segments"), "[]");
    ASSERT_TRUE(log_.flush());
    const auto page = world_.people->interactions(world_.tenant, "ann", {.event = "$decision"});
    const auto decision = base::from_json<domain::Decision>(page->items.at(0).properties.text());
    EXPECT_EQ(decision->segments, (std::vector<std::string>{"evening", "regulars"}));
}

TEST_F(DeciderSegmentsTest, AreInForceAsSoonAsTheyAreSaved) {
    world_.apply({.user_id = "ann"}, {view("1", "ann", {}), view("2", "ann", {})});
    EXPECT_EQ(at("ann", "segments"), "[]");
    segment("regulars", kRegular);
    EXPECT_EQ(at("ann", "segments"), R"(["regulars"])");
    segment("regulars", R"({">=":[{"var":"profile.behaviour.events"},3]})");
    EXPECT_EQ(at("ann", "segments"), "[]");
    segment("all", "true");
    EXPECT_EQ(at("ann", "segments"), R"(["all"])");
    ASSERT_TRUE(segments_.remove(world_.tenant, "all", {}));
    EXPECT_EQ(at("ann", "segments"), "[]");
}

TEST_F(DeciderSegmentsTest, OneThatLooksAtTheTimeIsLeftWhenItPasses) {
    segment("fresh", R"({"within_days":[{"var":"profile.behaviour.last_seen_at"},1]})");
    segment("online", R"({"var":"session.is_active"})");
    domain::Event event = view("1", "ann", {});
    event.time = world_.clock.now();
    world_.apply({.user_id = "ann"}, {event});
    world_.clock.advance(std::chrono::minutes(1));
    EXPECT_EQ(at("ann", "segments"), R"(["fresh","online"])");
    world_.clock.advance(std::chrono::hours(1));
    EXPECT_EQ(at("ann", "segments"), R"(["fresh"])");
    world_.clock.advance(std::chrono::days(1));
    EXPECT_EQ(at("ann", "segments"), "[]");
}

TEST_F(DeciderSegmentsTest, NamesWhatAsksForOneThatShallGo) {
    segment("vip", "true");
    save(
        "gold",
        R"({"name":"g","actions":[{"path":"x","value":1}],"condition":{"!":{"in_segment":"vip"}}})");
    const auto refused = segments_.remove(world_.tenant, "vip", {});
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().message.find("rule gold"), std::string::npos);
    ASSERT_TRUE(rules_.remove(world_.tenant, "gold", {}));
    EXPECT_TRUE(segments_.remove(world_.tenant, "vip", {}));
}

TEST_F(DeciderSegmentsTest, CanBeTriedBeforeTheyAreSaved) {
    segment("vip", "true");
    world_.apply({.user_id = "ann"}, {view("1", "ann", {}), view("2", "ann", {})});
    const auto wanted =
        domain::Segment{.name = "n",
                        .condition = *base::JsonText::parse(R"({"and":[{"in_segment":"vip"},)" +
                                                            std::string(kRegular) + "]}")};
    const auto ann = decider_.test(world_.tenant, wanted, "ann", std::nullopt);
    ASSERT_TRUE(ann);
    EXPECT_TRUE(ann->matches);
    EXPECT_FALSE(ann->trace.steps.empty());
    EXPECT_FALSE(decider_.test(world_.tenant, wanted, "nobody", std::nullopt)->matches);
    const auto given =
        base::JsonDocument::parse(R"({"segments":["vip"],"profile":{"behaviour":{"events":9}}})");
    EXPECT_TRUE(decider_.test(world_.tenant, wanted, "", given->root())->matches);
}

constexpr std::string_view kButton =
    R"({"name":"n","contexts":["checkout"],"overrides":{"qa":"blue"},"variants":[)"
    R"({"name":"red","weight":WEIGHT,"config":{"ui":{"button":"red"}}},)"
    R"({"name":"blue","weight":REST,"config":{"ui":{"button":"blue"}}}],"metrics":[)"
    R"({"name":"bought","role":"primary","kind":"conversion","event":"purchase"}],)"
    R"("minimum_effect":0.1,"plan":{"baseline_mean":0.1}})";

base::JsonText button(std::string_view weight, std::string_view rest) {
    std::string text(kButton);
    text.replace(text.find("WEIGHT"), 6, weight);
    text.replace(text.find("REST"), 4, rest);
    return *base::JsonText::parse(text);
}

class DeciderSessionsTest : public DeciderTest {
protected:
    void begin_button_of(std::string_view unit, std::string_view id);
    void expect_sessions_to_stay(std::string_view experiment);
};

void DeciderSessionsTest::begin_button_of(std::string_view unit, std::string_view id) {
    std::string text(button("0.5", "0.5").text());
    text.insert(1, R"("unit":")" + std::string(unit) + R"(",)");
    ASSERT_TRUE(experiments_.put(world_.tenant, id, *base::JsonText::parse(text), {}));
    ASSERT_TRUE(experiments_.start(world_.tenant, id, {}));
}

TEST_F(DeciderTest, AVariantThatReplacesWhatARuleSaidHasThePath) {
    world_.apply({.user_id = "ann"}, {view("1", "ann", {})});
    save("green", R"({"name":"g","actions":[{"path":"ui.button","value":"green"}]})");
    ASSERT_TRUE(experiments_.put(world_.tenant, "button", button("0.5", "0.5"), {}));
    ASSERT_TRUE(experiments_.start(world_.tenant, "button", {}));
    EXPECT_EQ(at("ann", "reasons.paths", R"({"name":"checkout"})"),
              R"([{"path":"ui.button","rules":[],"lost":["green"],"experiments":["button"]}])");
    EXPECT_EQ(at("ann", "reasons.paths"), R"([{"path":"ui.button","rules":["green"],"lost":[]}])");
}

TEST_F(DeciderTest, AVariantIsShownAppliedRecordedRememberedAndCounted) {
    world_.apply({.user_id = "ann"}, {view("1", "ann", {})});
    world_.apply({.user_id = "qa"}, {view("2", "qa", {})});
    ASSERT_TRUE(experiments_.put(world_.tenant, "button", button("0.5", "0.5"), {}));
    ASSERT_TRUE(experiments_.start(world_.tenant, "button", {}));
    const std::string_view where = R"({"name":"checkout"})";
    const std::string given = at("ann", "variants.button", where);
    ASSERT_TRUE(given == R"("red")" || given == R"("blue")");
    EXPECT_EQ(at("ann", "config.ui.button", where), given);
    EXPECT_EQ(at("ann", "variants"), "{}") << "it is not asked for elsewhere";
    EXPECT_EQ(at("nobody", "variants", where), "{}");
    // A rule does not overrule what is compared.
    save("green", R"({"name":"green","actions":[{"path":"ui.button","value":"green"}]})");
    EXPECT_EQ(at("ann", "config.ui.button", where), given);
    EXPECT_EQ(at("ann", "config.ui.button"), R"("green")");
    // Whatever the weights become.
    ASSERT_TRUE(log_.flush());
    const bool is_red = given == R"("red")";
    ASSERT_TRUE(experiments_.put(world_.tenant, "button",
                                 is_red ? button("0.001", "0.999") : button("1", "0"), {}));
    EXPECT_EQ(at("ann", "variants.button", where), given);
    EXPECT_EQ(at("ann", "reasons.experiments", where),
              R"([{"experiment_id":"button","variant":)" + given + R"(,"reason":"remembered"}])");
    // Who tries it out is not counted.
    EXPECT_EQ(at("qa", "config.ui.button", where), R"("blue")");
    ASSERT_TRUE(log_.flush());
    ExperimentQuestions questions(experiments_);
    QuestionReader reader(*world_.store, {&questions});
    ASSERT_TRUE(reader.catch_up(world_.tenant));
    const auto results = ExperimentReader(reader, experiments_).results(world_.tenant, "button");
    ASSERT_TRUE(results);
    EXPECT_EQ(results->units, 1u);
    EXPECT_EQ(results->arms.at(is_red ? 0 : 1).units, 1u);
}

TEST_F(DeciderSessionsTest, ASessionAndAGroupAreNamedInTheDecision) {
    world_.apply({.user_id = "ann"}, {view("1", "ann", {})});
    for (const char* unit : {"session", "group"}) {
        begin_button_of(unit, unit);
    }
    (void)ask("ann", R"({"name":"checkout","group":"acme"})");
    ASSERT_TRUE(log_.flush());
    const auto page = world_.people->interactions(world_.tenant, "ann", {.event = "$decision"});
    const std::string_view told = page->items.at(0).properties.text();
    EXPECT_NE(told.find(R"("unit":"acme")"), std::string::npos) << told;
    EXPECT_NE(told.find(R"("unit":"17400)"), std::string::npos) << told;
}

TEST_F(DeciderSessionsTest, SessionsThatBeginInOneMomentAreDrawnEachForItself) {
    begin_button_of("session", "button");
    int blue = 0;
    for (int i = 0; i < 200; ++i) {
        const std::string user = "person-" + std::to_string(i);
        world_.apply({.user_id = user}, {view(user, user, {})});
        const std::string given =
            at(user, "config.ui.button", R"({"name":"checkout","group":"acme"})");
        if (given == R"("blue")") ++blue;
    }
    EXPECT_GT(blue, 70);
    EXPECT_LT(blue, 130);
}

// Half of the visitors would be drawn another variant under the name that they log in with.
void DeciderSessionsTest::expect_sessions_to_stay(std::string_view experiment) {
    ExperimentQuestions questions(experiments_);
    QuestionReader reader(*world_.store, {&questions});
    constexpr int kVisitors = 24;
    constexpr std::string_view kCheckout = R"({"name":"checkout","group":"acme"})";
    for (int i = 0; i < kVisitors; ++i) {
        const std::string number = std::to_string(i);
        domain::Event seen = view("v" + number, "", {});
        seen.user_id.reset();
        seen.anonymous_id = "visitor-" + number;
        world_.apply({.anonymous_id = seen.anonymous_id}, {seen});
        const std::string path = "variants." + std::string(experiment);
        const std::string given = at(*seen.anonymous_id, path, kCheckout);
        ASSERT_NE(given, "nothing");
        ASSERT_TRUE(log_.flush());
        seen.id = "l" + number;
        seen.event = "login";
        seen.user_id = "person-" + number;
        world_.apply(World::identity_of(seen), {seen});
        EXPECT_EQ(at(*seen.user_id, path, kCheckout), given);
        ASSERT_TRUE(log_.flush());
    }
    ASSERT_TRUE(reader.catch_up(world_.tenant));
    const auto results = ExperimentReader(reader, experiments_).results(world_.tenant, experiment);
    ASSERT_TRUE(results) << results.error().message;
    EXPECT_EQ(results->units, std::uint64_t{kVisitors}) << "a session is counted once";
}

TEST_F(DeciderSessionsTest, ASessionKeepsItsVariantWhenItsVisitorLogsIn) {
    begin_button_of("session", "button");
    expect_sessions_to_stay("button");
}

TEST_F(DeciderSessionsTest, ABanditsSessionKeepsItsVariantWhenItsVisitorLogsIn) {
    const auto body = base::JsonText::parse(
        R"({"name":"n","unit":"session","variants":[{"name":"a","weight":0.5},{"name":"b","weight":0.5}],)"
        R"("metrics":[{"name":"bought","role":"primary","kind":"conversion","event":"purchase"}],"bandit":{}})");
    ASSERT_TRUE(experiments_.put(world_.tenant, "hero", *body, {}));
    ASSERT_TRUE(experiments_.start(world_.tenant, "hero", {}));
    expect_sessions_to_stay("hero");
}

TEST_F(DeciderSessionsTest, TheNextSessionIsDrawnAnew) {
    begin_button_of("session", "button");
    domain::Event seen = view("0", "ann", {});
    std::set<std::string> given;
    for (int session = 0; session < 20; ++session) {
        seen.id = std::to_string(session);
        seen.time += std::chrono::hours(2);
        world_.apply({.user_id = "ann"}, {seen});
        given.insert(at("ann", "variants.button", R"({"name":"checkout"})"));
        ASSERT_TRUE(log_.flush());
    }
    EXPECT_EQ(given.size(), 2U);
}

TEST_F(DeciderTest, TheEtagIsThatOfTheAnswer) {
    world_.apply({.user_id = "ann"}, {view("1", "ann", {})});
    (void)ask("ann");
    const std::string before = last_.etag;
    (void)ask("ann");
    EXPECT_EQ(last_.etag, before);
    save("dark", kDark);
    (void)ask("ann");
    EXPECT_NE(last_.etag, before);
}

TEST_F(DeciderTest, ABanditsDrawIsRecordedOnceWithItsProbabilityAndWhatWasKnown) {
    world_.apply({.user_id = "ann"}, {view("1", "ann", {})});
    const auto body = base::JsonText::parse(
        R"({"name":"n","variants":[{"name":"a","weight":0.7},{"name":"b","weight":0.3}],"metrics":[)"
        R"({"name":"bought","role":"primary","kind":"conversion","event":"purchase"}],)"
        R"("bandit":{"features":["context.device","profile.user_id","profile.nothing"]}})");
    ASSERT_TRUE(experiments_.put(world_.tenant, "hero", *body, {}));
    ASSERT_TRUE(experiments_.start(world_.tenant, "hero", {}));
    const std::string given = at("ann", "variants.hero", R"({"device":"tv"})");
    ASSERT_TRUE(log_.flush());
    EXPECT_EQ(at("ann", "variants.hero"), given);
    EXPECT_EQ(at("ann", "variants.hero"), given);
    ASSERT_TRUE(log_.flush());
    EXPECT_EQ(log_.stats().recorded, 1u);
    EXPECT_EQ(at("ann", "reasons.experiments"),
              R"([{"experiment_id":"hero","variant":)" + given + R"(,"reason":"remembered"}])");
    std::string decision;
    ASSERT_TRUE(world_.store->scan_all(world_.tenant, {}, [&](const auto& logged) {
        if (logged.payload.contains("$decision")) decision = logged.payload;
        return true;
    }));
    EXPECT_TRUE(
        decision.contains(given == "\"a\"" ? R"("probability":0.7)" : R"("probability":0.3)"))
        << decision;
    EXPECT_TRUE(
        decision.contains(R"("features":{"context":{"device":"tv"},"profile":{"user_id":"ann"}})"))
        << decision;
}

class DeciderVariantsTest : public DeciderTest {
protected:
    DeciderVariantsTest() {
        world_.apply({.user_id = "ann"}, {view("1", "ann", {})});
        EXPECT_TRUE(experiments_.put(world_.tenant, "button", button("0", "1"), {}) ||
                    experiments_.put(world_.tenant, "button", button("0.000001", "0.999999"), {}));
        EXPECT_TRUE(experiments_.start(world_.tenant, "button", {}));
    }
    // What was recorded, newest last: "config:checkout experiment:button=blue rule:r=applied".
    std::vector<std::string> recorded() {
        EXPECT_TRUE(log_.flush());
        const auto page = world_.people->interactions(world_.tenant, "ann", {.event = "$decision"});
        std::vector<std::string> all;
        for (const domain::Event& one : page->items) {
            const auto decision = base::from_json<domain::Decision>(one.properties.text());
            std::string words = decision->kind + ":" + decision->subject;
            for (const domain::Choice& choice : decision->choices)
                words += " " + choice.of + "=" + choice.chosen;
            all.insert(all.begin(), words);
        }
        return all;
    }
    void flag(std::string_view key, std::string_view targeting, std::string_view more = "") {
        const auto saved = flags_.put(
            world_.tenant, key,
            *base::JsonText::parse(
                R"({"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"off","targeting":)" +
                std::string(targeting) + std::string(more) + "}"),
            {.by = "test"});
        ASSERT_TRUE(saved) << saved.error().message;
    }
    // What a flag says to somebody, asked by itself.
    std::string says(std::string_view key, std::string_view context) {
        const auto document = base::JsonDocument::parse(context);
        const auto set = *flags_.of(world_.tenant);
        const Flag* one = set->find(key);
        LogicBudget budget = decider_.budget();
        const auto person =
            decider_.flag_person(world_.tenant, key, one->sees, document->root(), budget);
        EXPECT_TRUE(person);
        const FlagAnswer answer = set->evaluate(
            *one, {.attributes = *person ? (*person)->attributes() : LogicValue(document->root()),
                   .now = world_.clock.now()});
        return answer.variant == nullptr ? "nothing" : answer.variant->name;
    }
};

constexpr std::string_view kIfBlue = R"({"==":[{"var":"variants.button"},"blue"]})";
constexpr std::string_view kOnIfBlue = R"({"if":[{"==":[{"var":"variants.button"},"blue"]},"on"]})";

std::string rule_if(std::string_view condition, std::string_view more = "") {
    return R"({"name":"r","actions":[{"path":"x","value":1}],"condition":)" +
           std::string(condition) + std::string(more) + "}";
}

TEST_F(DeciderVariantsTest, ARuleMayDependOnWhatSomebodyWasGiven) {
    save("r", rule_if(kIfBlue));
    EXPECT_EQ(at("ann", "config.x", R"({"name":"checkout"})"), "1");
    EXPECT_EQ(recorded(),
              (std::vector<std::string>{"config:checkout experiment:button=blue rule:r=applied"}));
}

TEST_F(DeciderVariantsTest, AskingByNameIsTakingPartWhereverThatIs) {
    save("r", rule_if(kIfBlue));
    EXPECT_EQ(at("ann", "config.x", R"({"name":"home"})"), "1");
    EXPECT_EQ(at("ann", "variants", R"({"name":"home"})"), R"({"button":"blue"})");
    EXPECT_EQ(at("ann", "config.ui.button", R"({"name":"home"})"), "nothing")
        << "its configuration is for its own contexts";
    EXPECT_EQ(recorded(),
              (std::vector<std::string>{"config:home experiment:button=blue rule:r=applied"}));
}

TEST_F(DeciderVariantsTest, ARuleThatIsPassedOverAsksForNothing) {
    save("elsewhere", rule_if(kIfBlue, R"(,"contexts":["login"])"));
    save("tv", rule_if(R"({"and":[{"==":[{"var":"context.device"},"tv"]},)" + std::string(kIfBlue) +
                       "]}"));
    save("over", rule_if(kIfBlue, R"(,"schedule":{"from":"2100-01-01T00:00:00Z"})"));
    save("whole", rule_if(R"({"!":{"var":"variants"}})"));
    EXPECT_EQ(at("ann", "variants", R"({"name":"home"})"), "{}");
    EXPECT_EQ(recorded().front(), "config:home");
}

TEST_F(DeciderVariantsTest, AFlagMayDependOnItAlsoOutsideOfAConfiguration) {
    flag("new", kOnIfBlue);
    flag("plain", R"({"if":[{"==":[{"var":"device"},"tv"]},"on"]})");
    EXPECT_EQ(says("plain", R"({"targetingKey":"ann","device":"tv"})"), "on");
    EXPECT_TRUE(recorded().empty()) << "what names no experiment consults none";
    EXPECT_EQ(says("new", R"({"targetingKey":"ann"})"), "on");
    EXPECT_EQ(says("new", R"({"targetingKey":"ann"})"), "on");
    EXPECT_EQ(says("new", R"({"targetingKey":"nobody"})"), "off");
    EXPECT_EQ(says("new", "{}"), "off");
    EXPECT_EQ(recorded(), (std::vector<std::string>{"flag:new experiment:button=blue"}));
    EXPECT_EQ(at("ann", "flags", R"({"name":"home"})"), R"({"new":true,"plain":false})");
    EXPECT_EQ(recorded().back(), "config:home experiment:button=blue");
}

TEST_F(DeciderVariantsTest, SeesThroughPrerequisites) {
    flag("inner", kOnIfBlue);
    flag("outer", R"({"if":[true,"on"]})",
         R"(,"prerequisites":[{"flag":"inner","variants":["on"]}])");
    EXPECT_EQ(says("outer", R"({"targetingKey":"ann"})"), "on");
    EXPECT_EQ(recorded(), (std::vector<std::string>{"flag:outer experiment:button=blue"}));
}

TEST_F(DeciderVariantsTest, FlagsMayAskForSegmentsAndTheContextsOwnStand) {
    ASSERT_TRUE(segments_.put(world_.tenant, "all",
                              *base::JsonText::parse(R"({"name":"n","condition":true})"), {}));
    flag("vip", R"({"if":[{"in_segment":"all"},"on"]})");
    EXPECT_EQ(says("vip", R"({"targetingKey":"ann"})"), "on");
    EXPECT_EQ(says("vip", R"({"targetingKey":"ann","segments":[]})"), "off");
    EXPECT_EQ(says("vip", R"({"targetingKey":"nobody","segments":["all"]})"), "on");
    EXPECT_EQ(at("ann", "flags.vip"), "true");
    const auto refused = segments_.remove(world_.tenant, "all", {});
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().message.find("flag vip"), std::string::npos);
}

TEST_F(DeciderVariantsTest, WhoIsUnknownOrOptedOutHasTheFlagsOfTheirContext) {
    flag("tv", R"({"if":[{"==":[{"var":"device"},"tv"]},"on"]})");
    flag("by-key", R"({"fractional":[["on",1],["off",1]]})");
    flag("vip", R"({"if":[{"in_segment":"all"},"on"]})");
    flag("new", kOnIfBlue);
    ASSERT_TRUE(segments_.put(world_.tenant, "all",
                              *base::JsonText::parse(R"({"name":"n","condition":true})"), {}));
    say(view("9", "bob", {}), "$consent", R"({"personalise":false})");
    for (const std::string user : {"nobody", "bob", "someone"}) {
        for (const std::string more : {R"({})", R"({"device":"tv"})",
                                       R"({"segments":["all"],"variants":{"button":"red"}})"}) {
            const std::string with_key =
                R"({"targetingKey":")" + user + '"' + (more.size() > 2 ? "," : "") + more.substr(1);
            for (const std::string key : {"tv", "by-key", "vip", "new"})
                EXPECT_EQ(at(user, "flags." + key, more),
                          says(key, with_key) == "on" ? "true" : "false")
                    << key << " of " << user << " in " << more;
        }
        EXPECT_EQ(at(user, "flags.tv", R"({"device":"tv"})"), "true");
        EXPECT_EQ(at(user, "flags.vip"), "false") << "of whom nothing is known";
        EXPECT_EQ(at(user, "config"), default_config());
        EXPECT_EQ(at(user, "decision_id"), "null");
    }
    EXPECT_TRUE(recorded().empty());
}

TEST_F(DeciderVariantsTest, AnOverrideHoldsForAnIdThatNobodyHasYet) {
    flag("new", kOnIfBlue);
    EXPECT_EQ(at("qa", "variants", R"({"name":"checkout"})"), R"({"button":"blue"})");
    EXPECT_EQ(at("qa", "config.ui.button", R"({"name":"checkout"})"), R"("blue")");
    EXPECT_EQ(at("qa", "flags.new"), "true");
    EXPECT_EQ(at("qa", "reasons.experiments"),
              R"([{"experiment_id":"button","variant":"blue","reason":"overridden"}])");
    EXPECT_EQ(says("new", R"({"targetingKey":"qa"})"), "on");
    EXPECT_EQ(at("stranger", "variants", R"({"name":"checkout"})"), "{}")
        << "who is named nowhere takes no part";
    EXPECT_EQ(says("new", R"({"targetingKey":"stranger"})"), "off");
    // What somebody asked for goes before what is tried out on them.
    say(view("9", "qa", {}), "$consent", R"({"personalise":false})");
    EXPECT_EQ(at("qa", "variants", R"({"name":"checkout"})"), "{}");
    EXPECT_EQ(says("new", R"({"targetingKey":"qa"})"), "off");
}

TEST_F(DeciderVariantsTest, WhoHasOptedOutIsGivenNothing) {
    flag("new", kOnIfBlue);
    say(view("9", "ann", {}), "$consent", R"({"personalise":false})");
    EXPECT_EQ(says("new", R"({"targetingKey":"ann"})"), "off");
    EXPECT_TRUE(recorded().empty());
}

}  // namespace
}  // namespace attune::engine
