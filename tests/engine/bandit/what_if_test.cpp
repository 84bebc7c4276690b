// Other policies judged on simulated logs whose truth is known.
#include "engine/bandit/what_if.h"

#include "../profile/people_world.h"
#include "base/json.h"
#include "domain/describe.h"

#include <gtest/gtest.h>

#include <random>

namespace attune::engine {
namespace {

using namespace std::chrono_literals;
using testing::World;

class WhatIfTest : public ::testing::Test {
protected:
    void say(const std::string& user, domain::Event event) {
        event.id = "e" + std::to_string(++events_);
        event.user_id = user;
        if (event.time == base::Time{}) event.time = now_;
        event.received_at = now_;
        world_.apply({.user_id = user}, {event});
    }
    void decide(const std::string& user, domain::Choice choice, std::string_view features = {}) {
        domain::Decision decision{.kind = "config", .subject = "x", .choices = {std::move(choice)}};
        if (!features.empty()) decision.features = *base::JsonText::parse(features);
        say(user, {.event = "$decision",
                   .decision_id = "dec_" + std::to_string(events_),
                   .properties = base::JsonText::trusted(base::to_json(decision))});
    }
    // A hero drawn 70 to 30, whatever the device; "bold" earns on mobiles, "plain" on desktops.
    void live(int people) {
        std::mt19937 random(5);
        std::uniform_real_distribution<double> chance(0, 1);
        for (int i = 0; i < people; ++i) {
            now_ += 1s;
            const std::string user = "u" + std::to_string(i);
            const bool mobile = chance(random) < 0.4;
            const bool bold = chance(random) < 0.3;
            decide(user,
                   {.of = "experiment:hero",
                    .chosen = bold ? "bold" : "plain",
                    .probability = bold ? 0.3 : 0.7},
                   mobile ? R"({"context":{"device":"mobile"}})"
                          : R"({"context":{"device":"desktop"}})");
            if (chance(random) < (mobile == bold ? 0.5 : 0.2)) say(user, {.event = "purchase"});
        }
    }
    Result<WhatIfAnswer> ask(WhatIf asked) {
        if (asked.reward.event.empty()) asked.reward.event = "purchase";
        return what_if(*world_.store, world_.tenant, asked);
    }
    std::string place_of(WhatIf asked) {
        const auto answer = ask(std::move(asked));
        if (answer) return "fine";
        return answer.error().fields.empty() ? answer.error().message
                                             : answer.error().fields.front().pointer;
    }

    World world_;
    base::Time now_{1'780'000'000s};
    int events_ = 0;
};

void expect_within(const learn::PolicyEstimate& estimate, double truth) {
    ASSERT_TRUE(estimate.ci);
    EXPECT_LT((*estimate.ci)[0], truth);
    EXPECT_GT((*estimate.ci)[1], truth);
    EXPECT_LT((*estimate.ci)[1] - (*estimate.ci)[0], 0.2);
}

TEST_F(WhatIfTest, FindsWhatAnotherPolicyWouldHaveEarned) {
    live(1'500);
    const auto logic = base::JsonText::parse(
        R"({"if":[{"==":[{"var":"context.device"},"mobile"]},"bold",{"cat":["pl","ain"]}]})");
    const auto answer = ask({.of = "experiment:hero", .policy = {.weights = {}, .logic = *logic}});
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_TRUE(answer->is_complete);
    EXPECT_EQ(answer->evaluation.rows, 1'500u);
    const auto& found = answer->evaluation.estimators;
    for (const auto* one : {&found.ips, &found.snips, &found.dr, &found.switch_dr})
        expect_within(*one, 0.5);
    EXPECT_TRUE(answer->evaluation.warnings.empty());
    // What was really earned: 0.5 where they fitted (0.4·0.3 + 0.6·0.7), else 0.2.
    expect_within(answer->evaluation.logged, 0.5 * 0.54 + 0.2 * 0.46);

    const auto even = ask({.of = "experiment:hero",
                           .policy = {.weights = {{"bold", 0.5}, {"plain", 0.5}}, .logic = {}}});
    ASSERT_TRUE(even) << even.error().message;
    expect_within(even->evaluation.estimators.dr, 0.35);
}

TEST_F(WhatIfTest, SaysWhereTheLogCannotTell) {
    live(200);
    const auto answer = ask({.of = "experiment:hero",
                             .policy = {.weights = {{"bold", 0.5}, {"new", 0.5}}, .logic = {}}});
    ASSERT_TRUE(answer) << answer.error().message;
    const auto& warnings = answer->evaluation.warnings;
    EXPECT_TRUE(std::ranges::any_of(warnings,
                                    [](const auto& one) { return one.code == "missing_support"; }));
    EXPECT_EQ(answer->evaluation.unseen_share, 0.5);
}

TEST_F(WhatIfTest, CountsDecisionsOfItsTimeUpToItsLimit) {
    live(100);
    const auto policy = WhatIfPolicy{.weights = {{"bold", 1}}, .logic = {}};
    const base::Time start{1'780'000'000s};
    const auto some = ask(
        {.of = "experiment:hero", .policy = policy, .since = start + 11s, .until = start + 21s});
    ASSERT_TRUE(some) << some.error().message;
    EXPECT_EQ(some->evaluation.rows, 10u);
    EXPECT_TRUE(some->is_complete);
    const auto first = ask({.of = "experiment:hero", .policy = policy, .limit = 30});
    ASSERT_TRUE(first) << first.error().message;
    EXPECT_EQ(first->evaluation.rows, 30u);
    EXPECT_FALSE(first->is_complete);
}

TEST_F(WhatIfTest, RewardsCountWithinTheWindowAndForTheDecisionThatTheyName) {
    const auto on = [&](const char* session) {
        return domain::Choice{.of = "experiment:hero",
                              .chosen = session[0] == '1' ? "a" : "b",
                              .probability = 0.5,
                              .unit = session};
    };
    decide("ann", on("1"));
    const std::string first = "dec_0";
    now_ += 10min;
    decide("ann", on("2"));
    say("ann", {.event = "purchase", .value = 5});
    say("ann", {.event = "purchase", .value = 40, .decision_id = first});
    now_ += 2h;
    say("ann", {.event = "purchase", .value = 1'000});
    WhatIf asked{.of = "experiment:hero",
                 .unit = domain::ExperimentUnit::session,
                 .reward = {.kind = domain::MetricKind::sum,
                            .event = "purchase",
                            .window_seconds = 3'600,
                            .cap = 30},
                 .policy = {.weights = {{"a", 1}}, .logic = {}}};
    const auto a = ask(asked);
    ASSERT_TRUE(a) << a.error().message;
    EXPECT_EQ(a->evaluation.estimators.snips.value, 30);
    asked.policy.weights = {{"b", 1}};
    EXPECT_EQ(ask(asked)->evaluation.estimators.snips.value, 5);
}

TEST_F(WhatIfTest, RewardsAreAttributedAsTheMetricSays) {
    const domain::Choice a{.of = "experiment:hero", .chosen = "a", .probability = 0.5};
    const domain::Choice b{.of = "experiment:hero", .chosen = "b", .probability = 0.5};
    decide("bob", b);
    decide("ann", a);
    const std::string first = "dec_1";
    now_ += 1min;
    say("ann", {.event = "purchase", .value = 1});
    now_ += 20min;
    say("ann", {.event = "looks"});  // the session goes on
    now_ += 20min;
    say("ann", {.event = "purchase", .value = 2});
    now_ += 1h;
    say("ann", {.event = "purchase", .value = 4});
    say("ann", {.event = "purchase", .value = 8, .decision_id = first});
    decide("ann", a);
    const std::string second = "dec_7";
    say("ann", {.event = "purchase", .value = 16, .decision_id = second});
    say("ann", {.event = "purchase", .value = 32, .decision_id = "dec_of_another"});
    const auto earned = [&](domain::MetricAttribution attribution) {
        const auto answer = ask({.of = "experiment:hero",
                                 .reward = {.kind = domain::MetricKind::sum,
                                            .event = "purchase",
                                            .window_seconds = 86'400,
                                            .attribution = attribution},
                                 .policy = {.weights = {{"a", 1}}, .logic = {}}});
        EXPECT_TRUE(answer) << answer.error().message;
        return answer ? answer->evaluation.estimators.snips.value : -1;
    };
    EXPECT_EQ(earned(domain::MetricAttribution::after_exposure), 63);
    EXPECT_EQ(earned(domain::MetricAttribution::decision), 24);
    EXPECT_EQ(earned(domain::MetricAttribution::same_session), 1 + 2 + 16 + 32)
        << "of either session";
}

TEST_F(WhatIfTest, ARulesHoldoutIsAPolicyToo) {
    for (int i = 0; i < 200; ++i) {
        now_ += 1s;
        const std::string user = "u" + std::to_string(i);
        const bool held = i % 20 == 0;
        decide(user, {.of = "rule:offer",
                      .chosen = held ? "holdout" : "applied",
                      .probability = held ? 0.05 : 0.95});
        decide(user, {.of = "rule:other", .chosen = "applied", .probability = 1});
        if (i % (held ? 40 : 2) == 0) say(user, {.event = "purchase"});
    }
    const auto never =
        ask({.of = "rule:offer", .policy = {.weights = {{"holdout", 1}}, .logic = {}}});
    ASSERT_TRUE(never) << never.error().message;
    EXPECT_EQ(never->evaluation.rows, 200u);
    EXPECT_NEAR(never->evaluation.estimators.snips.value, 0.5, 1e-9);
    const auto other =
        ask({.of = "rule:other", .policy = {.weights = {{"applied", 1}}, .logic = {}}});
    ASSERT_FALSE(other);
    EXPECT_EQ(other.error().code, Code::failed_precondition);
}

TEST_F(WhatIfTest, RefusesWhatIsNoPolicyNamingThePlace) {
    live(50);
    const auto with = [](std::map<std::string, double> weights, std::string_view logic) {
        WhatIf asked{.of = "experiment:hero",
                     .policy = {.weights = std::move(weights), .logic = {}}};
        if (!logic.empty()) asked.policy.logic = *base::JsonText::parse(logic);
        return asked;
    };
    EXPECT_EQ(place_of(with({}, "")), "/policy");
    EXPECT_EQ(place_of(with({{"bold", 1}}, R"("bold")")), "/policy");
    EXPECT_EQ(place_of(with({{"bold", 0.5}}, "")), "/policy/weights");
    EXPECT_EQ(place_of(with({{"bold", 2}, {"plain", -1}}, "")), "/policy/weights");
    EXPECT_EQ(place_of(with({}, R"({"nonsense":[1]})")), "/policy/logic/nonsense");
    EXPECT_EQ(place_of(with({}, "17")), "/policy/logic");
    EXPECT_EQ(place_of(with({}, R"({"var":"context.nothing"})")), "/policy/logic");
    EXPECT_EQ(place_of(with({}, R"("nobody's")")), "/policy/logic") << "an arm that there is not";
    EXPECT_EQ(place_of(with({{"nobody's", 1}}, "")), "/policy/weights");
    EXPECT_EQ(place_of(with({}, R"("bold")")), "fine");
}

}  // namespace
}  // namespace attune::engine
