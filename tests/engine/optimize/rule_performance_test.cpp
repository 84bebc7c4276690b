#include "engine/optimize/rule_performance.h"

#include "../profile/people_world.h"
#include "rule_worlds.h"

#include <gtest/gtest.h>

namespace attune::engine {
namespace {

using testing::dark_rule;
using testing::kSaved;
using testing::RuleWorld;
using testing::saved_rule;
using testing::World;
using namespace std::chrono_literals;

TEST(RuleHistory, BeginsWhereTheQuestionChangedLast) {
    const domain::Rule dark = dark_rule("like");
    Definition definition = saved_rule("dark", dark_rule(std::nullopt), 3);
    const auto save = [&](domain::Rule rule) {
        Revision next = definition.now();
        next.version += 1;
        next.at += 24h;
        next.body = base::JsonText::trusted(base::to_json(rule));
        definition.history.push_back(next);
        return history_of(definition).value();
    };
    EXPECT_EQ(history_of(definition)->since_version, 3u);
    EXPECT_EQ(save(dark).since_version, 4u);
    domain::Rule other = dark;
    other.name = "other words";
    other.tags = {"ui"};
    other.priority = 7;
    other.rollout = 0.5;
    RuleHistory history = save(other);
    EXPECT_EQ(history.since_version, 4u);
    EXPECT_EQ(history.since, kSaved + 24h);
    EXPECT_EQ(history.active_since, history.since);
    other.status = domain::RuleStatus::paused;
    EXPECT_EQ(save(other).active_since, std::nullopt);
    other.status = domain::RuleStatus::active;
    history = save(other);
    EXPECT_EQ(history.since_version, 4u);
    EXPECT_EQ(history.active_since, kSaved + 4 * 24h);
    for (const auto change : {+[](domain::Rule& rule) { rule.goal = "buy"; },
                              +[](domain::Rule& rule) { rule.goal_window_seconds = 60; },
                              +[](domain::Rule& rule) { rule.contexts = {"home"}; },
                              +[](domain::Rule& rule) { rule.actions.at(0).path = "ui.layout"; },
                              +[](domain::Rule& rule) {
                                  rule.condition = base::JsonText::trusted(R"({"var":"x"})");
                              }}) {
        change(other);
        history = save(other);
        EXPECT_EQ(history.since_version, definition.now().version);
    }
}

TEST(RulePerformance, OfARuleWithoutAGoalIsHowOftenItMatched) {
    const Definition definition = saved_rule("r", dark_rule(std::nullopt));
    const RulePerformance found =
        performance_of(definition, history_of(definition).value(), nullptr,
                       ChoiceCount{.decisions = 7, .last = kSaved + 1h});
    EXPECT_EQ(found.matched->decisions, 7u);
    EXPECT_EQ(found.matched->last_matched_at, kSaved + 1h);
    EXPECT_TRUE(found.problem);
    EXPECT_TRUE(found.arms.empty());
}

TEST(RulePerformance, SaysNothingBeforeThereIsEnough) {
    RuleWorld world(1);
    world.live(400, 0.3, 0.6);
    EXPECT_FALSE(world.performance().lift);
    EXPECT_TRUE(world.performance().problem);
    EXPECT_EQ(world.performance().direction, "unclear");
}

TEST(RulePerformance, AnIntervalHoldsTheTruth) {
    RuleWorld world(1);
    world.live(60'000, 0.3, 0.36);
    const RulePerformance found = world.performance();
    ASSERT_TRUE(found.lift) << found.problem.value_or("");
    EXPECT_EQ(found.direction, "better");
    EXPECT_LT(*found.lift->ci[0], 0.2);
    EXPECT_GT(*found.lift->ci[1], 0.2);
    EXPECT_EQ(found.arms.at(0).name, "holdout");
    EXPECT_NEAR(static_cast<double>(found.arms.at(0).units), 3'000, 200);
    EXPECT_NEAR(*found.arms.at(1).rate, 0.36, 0.02);
}

TEST(RulePerformance, LostPeopleAreNoticedBeforeAnythingElse) {
    RuleWorld world(1);
    world.live(20'000, 0.3, 0.36, 0.03);
    EXPECT_FALSE(world.performance().lift);
    EXPECT_TRUE(world.performance().problem);
}

TEST(RulePerformance, IsToldBySegment) {
    RuleWorld world(1);
    world.live(20'000, 0.3, 0.3, kRuleHoldout, {"all", "half"});
    world.live(20'000, 0.3, 0.45, kRuleHoldout, {"all", "vip"});
    world.live(100, 0.3, 0.3, kRuleHoldout, {"few"});
    const RulePerformance found = world.performance();
    ASSERT_EQ(found.segments.size(), 4u);
    EXPECT_EQ(found.segments[0].segment, "all");
    EXPECT_EQ(found.segments[0].arms[0].units + found.segments[0].arms[1].units, 40'000u);
    EXPECT_EQ(found.segments[0].direction, "better");
    EXPECT_EQ(found.segments[3].segment, "few");
    EXPECT_TRUE(found.segments[3].problem);
    for (const RuleSegment& one : found.segments) {
        if (one.segment == "vip") {
            EXPECT_EQ(one.direction, "better");
            EXPECT_LT(*one.adjusted_p_value, 0.001);
            EXPECT_GE(*one.adjusted_p_value, *one.lift->p_value);
        }
        if (one.segment == "half") {
            EXPECT_EQ(one.direction, "unclear");
        }
    }
}

TEST(RulePerformance, OfManySegmentsTheLargestAreTold) {
    RuleWorld world(1);
    for (int i = 0; i < 25; ++i)
        world.live(i + 1, 0.3, 0.3, kRuleHoldout, {"s" + std::to_string(i)});
    const RulePerformance found = world.performance();
    ASSERT_EQ(found.segments.size(), kRuleSegmentsMax);
    EXPECT_EQ(found.segments[0].segment, "s24");
    EXPECT_EQ(found.segments[19].segment, "s5");
}

TEST(RulePerformance, TheGoalCountsWithinItsWindow) {
    domain::Rule rule = dark_rule();
    EXPECT_EQ(experiment_of(rule).metrics.at(0).window_seconds, 7 * 86'400u);
    rule.goal_window_seconds = 1'800;
    Tally tally(experiment_of(rule));
    for (std::uint8_t i = 0; i < 2; ++i) {
        UnitKey unit;
        unit.bytes[0] = i;
        tally.expose(unit, 1, 1, kSaved, {});
        tally.observe(unit, {"purchase", kSaved + 29min + i * 1min, {}});
    }
    const Definition definition = saved_rule("r", rule);
    const RulePerformance found =
        performance_of(definition, history_of(definition).value(), &tally, std::nullopt);
    EXPECT_EQ(found.goal_window_seconds, 1'800u);
    EXPECT_EQ(found.arms.at(1).units, 2u);
    EXPECT_EQ(found.arms.at(1).conversions, 1u) << "half an hour is over when it begins";
}

// In how many of the worlds it was ever said to be better, and worse, with a look after every two hundred people.
std::pair<int, int> claims(int worlds, double held_out, double applied) {
    std::pair<int, int> said;
    for (int seed = 0; seed < worlds; ++seed) {
        RuleWorld world(static_cast<std::uint64_t>(seed));
        bool better = false;
        bool worse = false;
        for (int look = 0; look < 40; ++look) {
            world.live(200, held_out, applied);
            const std::string direction = world.performance().direction;
            better |= direction == "better";
            worse |= direction == "worse";
        }
        said.first += better ? 1 : 0;
        said.second += worse ? 1 : 0;
    }
    return said;
}

TEST(RulePerformance, LookingAllTheTimeMakesNoEffectOfNone) {
    const auto [better, worse] = claims(200, 0.3, 0.3);
    EXPECT_LE(better + worse, 10);  // five in a hundred
}

TEST(RulePerformance, FindsWhatHelpsAndWhatHurts) {
    const auto helps = claims(20, 0.3, 0.42);
    EXPECT_GE(helps.first, 15);
    EXPECT_LE(helps.second, 1);
    const auto hurts = claims(20, 0.42, 0.3);
    EXPECT_LE(hurts.first, 1);
    EXPECT_GE(hurts.second, 15);
}

}  // namespace
}  // namespace attune::engine
