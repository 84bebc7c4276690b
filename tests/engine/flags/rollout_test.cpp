#include "engine/flags/rollout.h"

#include "base/manual_clock.h"
#include "tests/engine/flags/support.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <algorithm>

namespace attune::engine {
namespace {

using namespace std::chrono_literals;
using test::compiled;
using test::refused;

const base::Time kStart = *base::parse_time("2026-06-01T09:00:00Z");

std::string flag(std::string_view more, std::string_view targeting = "{}") {
    return R"({"flags":{"f":{"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"off","targeting":)" +
           std::string(targeting) + "," + std::string(more) + "}}}";
}

constexpr std::string_view kSteps =
    R"("rollout":{"variant":"on","steps":[{"at":"2026-06-01T09:00:00Z","share":0.05},{"at":"2026-06-02T09:00:00Z","share":0.2},{"at":"2026-06-03T09:00:00Z","share":1}]})";

// "variant (REASON)" for this person at this time.
std::string asked(const FlagSet& set, std::string_view who, base::Time now,
                  std::string_view more = "") {
    const auto context =
        test::json(R"({"targetingKey":")" + std::string(who) + "\"" + std::string(more) + "}");
    const FlagAnswer answer =
        set.evaluate("f", {.attributes = LogicValue(context.root()), .now = now});
    if (answer.error != FlagError::none) return std::string(name_of(answer.error));
    return (answer.variant == nullptr ? "none" : answer.variant->name) + " (" +
           std::string(name_of(answer.reason)) + ")";
}

int how_many_of_10000(const FlagSet& set, base::Time now) {
    int in = 0;
    for (int i = 0; i < 10'000; ++i)
        in += asked(set, "user-" + std::to_string(i), now).starts_with("on") ? 1 : 0;
    return in;
}

TEST(RolloutTest, AShareOfPeopleGetsTheVariantAndTheShareGrowsByItself) {
    const auto set = *compiled(flag(kSteps));
    EXPECT_EQ(asked(*set, "user-1", kStart - 1s), "off (DEFAULT)");
    EXPECT_EQ(how_many_of_10000(*set, kStart - 1s), 0);
    EXPECT_NEAR(how_many_of_10000(*set, kStart), 500, 70);
    EXPECT_NEAR(how_many_of_10000(*set, kStart + 24h), 2'000, 130);
    EXPECT_EQ(how_many_of_10000(*set, kStart + 48h), 10'000);
    EXPECT_EQ(asked(*set, "user-1", kStart + 48h), "on (SPLIT)");
}

TEST(RolloutTest, ALineGrowsEvenly) {
    const auto set = *compiled(flag(
        R"("rollout":{"variant":"on","linear":{"from":"2026-06-01T09:00:00Z","until":"2026-06-11T09:00:00Z","to_share":0.5}})"));
    EXPECT_EQ(how_many_of_10000(*set, kStart), 0);
    EXPECT_NEAR(how_many_of_10000(*set, kStart + 5 * 24h), 2'500, 140);
    EXPECT_NEAR(how_many_of_10000(*set, kStart + 100 * 24h), 5'000, 160);
}

// Whoever is in stays in as the share grows, whatever the shape of the rollout.
TEST(RolloutTest, WhoIsInStaysIn) {
    rc::check([](const std::string& key, const std::string& unit) {
        RC_PRE(!key.empty() && key.size() <= 128 && !unit.empty());
        auto shares = *rc::gen::container<std::vector<double>>(
            rc::gen::map(rc::gen::inRange(0, 10'001), [](int n) { return n / 10'000.0; }));
        if (shares.empty() || shares.size() > 32) return;
        std::ranges::sort(shares);
        domain::Rollout definition{.variant = "on"};
        for (std::size_t i = 0; i < shares.size(); ++i)
            definition.steps.push_back({kStart + std::chrono::hours(i), shares[i]});
        const auto rollout = CompiledRollout::compile(key, definition);
        RC_ASSERT(rollout.has_value());
        bool was_in = false;
        for (int minute = 0; minute < 33 * 60; minute += 17) {
            const auto now = rollout->at(kStart + std::chrono::minutes(minute));
            const bool is_in = now.share > 0 && rollout->holds(unit, now.share);
            RC_ASSERT(is_in || !was_in);
            RC_ASSERT(now.share < 1 || is_in);
            was_in = is_in;
        }
    });
}

// Moving a percentage from targeting to a rollout moves nobody.
TEST(RolloutTest, HoldsWhomFlagdsFractionalHolds) {
    const auto fractional =
        *compiled(flag(R"("metadata":{})", R"({"fractional":[["on",5],["off",95]]})"));
    const auto rollout = *compiled(flag(kSteps));
    for (int i = 0; i < 5'000; ++i) {
        const std::string who = "user-" + std::to_string(i) + (i % 2 == 0 ? "" : "ä");
        EXPECT_EQ(asked(*fractional, who, kStart).starts_with("on"),
                  asked(*rollout, who, kStart).starts_with("on"))
            << who;
    }
}

TEST(RolloutTest, FlagsOfOneSeedChooseTheSamePeopleAndOthersDoNot) {
    const domain::Rollout seeded{.variant = "on", .seed = "release-7", .steps = {{kStart, 0.5}}};
    const domain::Rollout plain{.variant = "on", .steps = {{kStart, 0.5}}};
    int differ = 0;
    for (int i = 0; i < 1'000; ++i) {
        const std::string who = std::to_string(i);
        const auto place = [&](std::string_view key, const domain::Rollout& rollout) {
            return CompiledRollout::compile(key, rollout)->place_of(who);
        };
        EXPECT_EQ(place("a", seeded), place("b", seeded));
        differ += (place("a", plain) < 0.5) != (place("b", plain) < 0.5) ? 1 : 0;
    }
    EXPECT_NEAR(differ, 500, 70);
}

TEST(RolloutTest, ATargetingThatChoosesWinsAndOneThatDoesNotLeavesItToTheRollout) {
    const auto set = *compiled(flag(
        kSteps,
        R"({"if":[{"==":[{"var":"plan"},"free"]},"off",{"==":[{"var":"plan"},"staff"]},"on"]})"));
    const base::Time done = kStart + 48h;
    EXPECT_EQ(asked(*set, "u", done, R"(,"plan":"free")"), "off (TARGETING_MATCH)");
    EXPECT_EQ(asked(*set, "u", kStart - 1s, R"(,"plan":"staff")"), "on (TARGETING_MATCH)");
    EXPECT_EQ(asked(*set, "u", done), "on (SPLIT)");
}

TEST(RolloutTest, WhoCannotBeToldFromOthersGetsTheDefault) {
    const auto set = *compiled(flag(
        R"("rollout":{"variant":"on","by":"company.id","steps":[{"at":"2026-06-01T09:00:00Z","share":1}]})"));
    EXPECT_EQ(asked(*set, "u", kStart), "off (DEFAULT)");
    EXPECT_EQ(asked(*set, "u", kStart, R"(,"company":{"id":7})"), "off (DEFAULT)");
    EXPECT_EQ(asked(*set, "u", kStart, R"(,"company":{"id":"acme"})"), "on (SPLIT)");
}

TEST(RolloutTest, AHaltedOneGivesEverybodyWhatTheyGotBefore) {
    const auto set = *compiled(flag(
        R"("rollout":{"variant":"on","steps":[{"at":"2026-06-01T09:00:00Z","share":1}],"halted":{"at":"2026-06-02T09:00:00Z","guardrail":"errors","effect":0.4,"ci":[0.1,0.7]}})"));
    EXPECT_EQ(asked(*set, "u", kStart + 100h), "off (DEFAULT)");
}

TEST(RolloutTest, OnlyStagesWithPeopleOnBothSidesAreCompared) {
    const auto set = *compiled(flag(
        R"("rollout":{"variant":"on","steps":[{"at":"2026-06-01T09:00:00Z","share":0},{"at":"2026-06-02T09:00:00Z","share":0.5},{"at":"2026-06-03T09:00:00Z","share":1}],"guardrails":[{"event":"error","lower_is_better":true}]})"));
    const auto context = test::json(R"({"targetingKey":"u"})");
    const auto draw = [&](base::Time now) {
        return set->evaluate("f", {.attributes = LogicValue(context.root()), .now = now}).draw;
    };
    EXPECT_FALSE(draw(kStart));
    ASSERT_TRUE(draw(kStart + 24h));
    EXPECT_EQ(draw(kStart + 24h)->stage->of, "flag:f@0.5");
    EXPECT_EQ(draw(kStart + 24h)->unit, "u");
    EXPECT_FALSE(draw(kStart + 48h));
    EXPECT_EQ(set->find("f")->rollout->compared_stages(), 1u);
}

TEST(RolloutTest, AGuardedLineIsWalkedInTenStages) {
    const auto rollout =
        *CompiledRollout::compile("f", {.variant = "on",
                                        .linear = domain::RolloutLine{kStart, kStart + 10h, 0, 0.3},
                                        .guardrails = {{.event = "error"}}});
    EXPECT_EQ(rollout.at(kStart).share, 0);
    EXPECT_EQ(rollout.at(kStart + 59min).share, 0);
    EXPECT_EQ(rollout.at(kStart + 1h).share, 0.03);
    EXPECT_EQ(rollout.at(kStart + 1h).stage->of, "flag:f@0.03");
    EXPECT_EQ(rollout.at(kStart + 10h).share, 0.3);
    EXPECT_EQ(rollout.compared_stages(), 10u);
}

TEST(RolloutTest, AScheduleSaysWhenAFlagIsMoreThanItsDefault) {
    const auto set = *compiled(flag(
        R"("schedule":{"from":"2026-06-01T09:00:00Z","until":"2026-06-08T09:00:00Z","cron":"0 18 * * *","duration_seconds":3600})",
        R"({"if":[true,"on"]})"));
    EXPECT_EQ(asked(*set, "u", kStart), "off (DEFAULT)");
    EXPECT_EQ(asked(*set, "u", kStart + 9h), "on (TARGETING_MATCH)");
    EXPECT_EQ(asked(*set, "u", kStart + 10h), "off (DEFAULT)");
    EXPECT_EQ(asked(*set, "u", kStart + 7 * 24h + 9h), "off (DEFAULT)");
}

TEST(RolloutTest, WhatCannotBeMeantIsRefusedWithItsPlace) {
    const auto of = [](std::string_view rollout) {
        return refused(flag(R"("rollout":)" + std::string(rollout)));
    };
    EXPECT_EQ(of("7"), "/flags/f/rollout");
    EXPECT_EQ(of(R"({"steps":[{"at":"2026-06-01T09:00:00Z","share":1}]})"),
              "/flags/f/rollout/variant");
    EXPECT_EQ(of(R"({"variant":"none","steps":[{"at":"2026-06-01T09:00:00Z","share":1}]})"),
              "/flags/f/rollout/variant");
    EXPECT_EQ(of(R"({"variant":"off","steps":[{"at":"2026-06-01T09:00:00Z","share":1}]})"),
              "/flags/f/rollout/variant");
    EXPECT_EQ(of(R"({"variant":"on"})"), "/flags/f/rollout/steps");
    EXPECT_EQ(of(R"({"variant":"on","steps":[{"at":"2026-06-01T09:00:00Z","share":1.5}]})"),
              "/flags/f/rollout/steps/0/share");
    EXPECT_EQ(
        of(R"({"variant":"on","steps":[{"at":"2026-06-01T09:00:00Z","share":0.5},{"at":"2026-06-02T09:00:00Z","share":0.2}]})"),
        "/flags/f/rollout/steps/1/share");
    EXPECT_EQ(
        of(R"({"variant":"on","steps":[{"at":"2026-06-02T09:00:00Z","share":0.1},{"at":"2026-06-01T09:00:00Z","share":0.2}]})"),
        "/flags/f/rollout/steps/1/at");
    EXPECT_EQ(
        of(R"({"variant":"on","linear":{"from":"2026-06-02T09:00:00Z","until":"2026-06-01T09:00:00Z"}})"),
        "/flags/f/rollout/linear/until");
    EXPECT_EQ(
        of(R"({"variant":"on","steps":[{"at":"2026-06-01T09:00:00Z","share":1}],"guardrails":[{"event":"e","kind":"ratio"}]})"),
        "/flags/f/rollout/guardrails/0/kind");
    EXPECT_EQ(
        of(R"({"variant":"on","steps":[{"at":"2026-06-01T09:00:00Z","share":1}],"guardrails":[{"event":"e"},{"event":"e"}]})"),
        "/flags/f/rollout/guardrails/1/name");
    EXPECT_EQ(
        of(R"({"variant":"on","by":"company","steps":[{"at":"2026-06-01T09:00:00Z","share":1}],"guardrails":[{"event":"e"}]})"),
        "/flags/f/rollout/guardrails");
    EXPECT_EQ(refused(flag(R"("schedule":{"from":"2026-06-01T09:00:00Z"})")), "/flags/f/schedule");
    EXPECT_EQ(
        refused(flag(R"("schedule":{"cron":"x","duration_seconds":60})", R"({"if":[true,"on"]})")),
        "/flags/f/schedule/cron");
}

}  // namespace
}  // namespace attune::engine
