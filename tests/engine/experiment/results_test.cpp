// Results from simulated people of known truth, told through the store as they would be in life.
#include "engine/experiment/results.h"

#include "../profile/people_world.h"
#include "base/json.h"
#include "domain/describe.h"
#include "engine/experiment/experiment_reader.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace attune::engine {
namespace {

using namespace std::chrono_literals;
using testing::World;

constexpr std::string_view kExperiment =
    R"({"name":"n","variants":[{"name":"control","weight":0.5},{"name":"blue","weight":0.5}],"metrics":[)"
    R"({"name":"bought","role":"primary","kind":"conversion","event":"purchase","window_seconds":3600},)"
    R"({"name":"orders","kind":"count","event":"purchase","window_seconds":3600},)"
    R"({"name":"spent","kind":"sum","event":"purchase","window_seconds":3600,"cap":50,"covariate_seconds":86400},)"
    R"({"name":"per view","kind":"ratio","event":"purchase","denominator":"view","window_seconds":3600},)"
    R"({"name":"back","kind":"retention","event":"view","after_seconds":86400,"window_seconds":86400},)"
    R"({"name":"median","kind":"quantile","event":"purchase","quantile":0.5,"window_seconds":3600},)"
    R"({"name":"errors","role":"guardrail","kind":"conversion","event":"error","lower_is_better":true}],)"
    R"("minimum_effect":0.1,"plan":{"baseline_mean":0.3}})";

class ResultsTest : public ::testing::Test {
protected:
    void SetUp() override { begin("e", kExperiment); }
    void begin(std::string_view id, std::string_view body) {
        const auto put =
            experiments_.put(world_.tenant, id, base::JsonText::trusted(std::string(body)), {});
        ASSERT_TRUE(put) << put.error().message;
        const auto started = experiments_.start(world_.tenant, id, {});
        ASSERT_TRUE(started) << started.error().message;
    }
    domain::Event event(std::string_view name, base::Duration at,
                        std::optional<double> value = std::nullopt) {
        domain::Event e{.id = "e" + std::to_string(++events_), .event = std::string(name)};
        e.time = e.received_at = start_ + at;
        e.value = value;
        return e;
    }
    domain::Event exposure(std::string_view chosen, base::Duration at, std::string_view id = "e",
                           std::optional<std::string> unit = std::nullopt,
                           std::uint64_t version = 2) {
        domain::Event e = event("$decision", at);
        e.properties = base::JsonText::trusted(
            base::to_json(domain::Decision{.kind = "config",
                                           .subject = "x",
                                           .choices = {{.of = "experiment:" + std::string(id),
                                                        .chosen = std::string(chosen),
                                                        .version = version,
                                                        .unit = std::move(unit)}}}));
        return e;
    }
    void tell(Identity who, std::vector<domain::Event> events) {
        for (domain::Event& e : events) {
            e.user_id = who.user_id;
            e.anonymous_id = who.anonymous_id;
        }
        world_.apply(who, std::move(events));
    }
    void tell(const std::string& user, std::vector<domain::Event> events) {
        tell(Identity{.user_id = user}, std::move(events));
    }
    ExperimentResults results(std::string_view id = "e") {
        EXPECT_TRUE(reader_.catch_up(world_.tenant));
        const auto found = answers_.results(world_.tenant, id);
        EXPECT_TRUE(found) << found.error().message;
        EXPECT_TRUE(found->is_current);
        // What was read along is what a reader that begins now finds.
        QuestionReader fresh(*world_.store, {&questions_});
        EXPECT_TRUE(fresh.catch_up(world_.tenant));
        const auto again = ExperimentReader(fresh, experiments_).results(world_.tenant, id);
        EXPECT_TRUE(again);
        for (std::size_t m = 0; m < found->metrics.size(); ++m)
            for (std::size_t arm = 0; arm < found->metrics[m].arms.size(); ++arm) {
                const learn::Sample& a = found->metrics[m].arms[arm].sums;
                const learn::Sample& b = again->metrics[m].arms[arm].sums;
                EXPECT_EQ(a.n, b.n) << found->metrics[m].name << arm;
                EXPECT_NEAR(a.sum.value_or(0), b.sum.value_or(0), 1e-6);
                EXPECT_NEAR(a.covariate_sum.value_or(0), b.covariate_sum.value_or(0), 1e-6);
                EXPECT_EQ(a.quantile, b.quantile);
            }
        return *found;
    }

    const base::Time start_{1'780'000'000s};
    World world_;
    Experiments experiments_{*world_.store, world_.clock};
    ExperimentQuestions questions_{experiments_};
    QuestionReader reader_{*world_.store, {&questions_}};
    ExperimentReader answers_{reader_, experiments_};
    std::uint64_t events_ = 0;
};

const learn::Sample& sums(const ExperimentResults& results, std::string_view metric,
                          std::string_view arm) {
    const auto m = std::ranges::find(results.metrics, metric, &MetricResult::name);
    return std::ranges::find(m->arms, arm, &ArmMetric::name)->sums;
}

TEST_F(ResultsTest, AUnitCountsFromItsFirstExposureForAsLongAsTheWindowLasts) {
    tell("ann", {event("purchase", -10min, 5), exposure("blue", 0min), event("view", 1min),
                 event("purchase", 2min, 20), event("purchase", 3min, 40),
                 exposure("control", 5min), event("purchase", 61min, 1000), event("view", 25h)});
    tell("bob", {event("purchase", 1min, 7)});
    const ExperimentResults found = results();
    EXPECT_EQ(found.units, 1u);
    EXPECT_EQ(found.arms.at(1).units, 1u);
    EXPECT_EQ(sums(found, "bought", "blue").sum, 1);
    EXPECT_EQ(sums(found, "orders", "blue").sum, 2);
    EXPECT_EQ(sums(found, "spent", "blue").sum, 50);  // capped
    EXPECT_EQ(sums(found, "spent", "blue").covariate_sum, 5);
    EXPECT_EQ(sums(found, "per view", "blue").sum, 60);
    EXPECT_EQ(sums(found, "per view", "blue").denominator_sum, 1);
    EXPECT_EQ(sums(found, "back", "blue").sum, 1);
    EXPECT_NEAR(*sums(found, "median", "blue").quantile, 60, 0.1);
    EXPECT_EQ(sums(found, "bought", "control").n, 0u);
}

TEST_F(ResultsTest, WhatIsInTheLogBeforeTheExposureThatItAnswersCounts) {
    tell("ann", {event("view", -2h), event("purchase", 1min, 20)});
    tell("ann", {exposure("blue", 0min)});
    EXPECT_EQ(sums(results(), "bought", "blue").sum, 1);
}

TEST_F(ResultsTest, TwoWhoTurnOutToBeOneAreOneUnitOfWhatCameFirst) {
    tell({.anonymous_id = "phone"}, {exposure("control", 1min), event("purchase", 2min, 10)});
    tell("ann", {exposure("blue", 10min), event("purchase", 11min, 30)});
    EXPECT_EQ(results().units, 2u);
    tell({.user_id = "ann", .anonymous_id = "phone"}, {event("view", 20min)});
    const ExperimentResults found = results();
    EXPECT_EQ(found.units, 1u);
    EXPECT_EQ(sums(found, "orders", "control").sum, 2);
    EXPECT_EQ(sums(found, "per view", "control").sum, 40);
    EXPECT_EQ(sums(found, "orders", "blue").n, 0u);
    // And they stay one.
    tell("ann", {event("purchase", 30min, 1)});
    EXPECT_EQ(sums(results(), "orders", "control").sum, 3);
}

TEST_F(ResultsTest, AnExposureThatIsHeardOfLateIsStillTheFirst) {
    tell("ann", {exposure("blue", 10min), event("purchase", 5min, 1)});
    EXPECT_EQ(sums(results(), "bought", "blue").sum, 0);
    tell("ann", {exposure("control", 1min)});
    const ExperimentResults found = results();
    EXPECT_EQ(sums(found, "bought", "control").sum, 1);
    EXPECT_EQ(sums(found, "bought", "blue").n, 0u);
}

TEST_F(ResultsTest, SessionsAndGroupsCountAsWhatTheyAre) {
    std::string body(kExperiment);
    begin("s", body.insert(1, R"("unit":"session",)"));
    tell("ann", {exposure("blue", 0min, "s", "s1"), event("purchase", 1min, 1),
                 exposure("control", 40min, "s", "s2"), event("purchase", 41min, 1),
                 event("purchase", 42min, 1)});
    EXPECT_EQ(results("s").units, 2u);
    EXPECT_EQ(sums(results("s"), "orders", "blue").sum, 1);
    EXPECT_EQ(sums(results("s"), "orders", "control").sum, 2);

    body = kExperiment;
    begin("g", body.insert(1, R"("unit":"group",)"));
    tell("bob", {exposure("blue", 0min, "g", "acme"), event("purchase", 1min, 1)});
    tell("cleo", {exposure("blue", 2min, "g", "acme"), event("purchase", 3min, 1)});
    EXPECT_EQ(results("g").units, 1u);
    EXPECT_EQ(sums(results("g"), "orders", "blue").sum, 2);
}

TEST_F(ResultsTest, AMetricThatIsAddedLaterIsCountedFromTheStart) {
    tell("ann", {exposure("blue", 0min), event("like", 1min)});
    (void)results();
    std::string body(kExperiment);
    const std::string_view before = R"({"name":"errors")";
    body.insert(body.find(before), R"({"name":"liked","kind":"conversion","event":"like"},)");
    ASSERT_TRUE(experiments_.put(world_.tenant, "e", base::JsonText::trusted(body), {}));
    EXPECT_EQ(sums(results(), "liked", "blue").sum, 1);
    ASSERT_TRUE(experiments_.conclude(world_.tenant, "e", "blue", {}));
    EXPECT_EQ(sums(results(), "liked", "blue").sum, 1);
}

class TruthTest : public ResultsTest {
protected:
    // So many people, of whom so many per cent buy and see an error in each arm; 15 % more of them in `blue` if `lost`.
    void simulate(int people, double control, double blue, double errors_blue = 0.1,
                  double share_of_blue = 0.5, double errors_control = 0.1) {
        std::mt19937_64 engine(7);
        std::uniform_real_distribution<double> dice;
        for (int i = 0; i < people; ++i) {
            const bool is_blue = dice(engine) < share_of_blue;
            std::vector<domain::Event> events{exposure(is_blue ? "blue" : "control", 0min)};
            if (dice(engine) < (is_blue ? blue : control))
                events.push_back(event("purchase", 1min, 10 + 10 * dice(engine)));
            if (dice(engine) < (is_blue ? errors_blue : errors_control))
                events.push_back(event("error", 2min));
            tell("user-" + std::to_string(i), std::move(events));
        }
    }
    static const ArmComparison& comparison(const ExperimentResults& results,
                                           std::string_view metric) {
        return std::ranges::find(results.metrics, metric, &MetricResult::name)->comparisons.at(0);
    }
};

TEST_F(TruthTest, ALiftIsFoundWithAnIntervalAroundTheTruth) {
    simulate(4'000, 0.3, 0.4);
    const ExperimentResults found = results();
    const ArmComparison& bought = comparison(found, "bought");
    EXPECT_EQ(bought.direction, "better");
    EXPECT_LT(*bought.sequential->ci[0], 0.1 / 0.3);
    EXPECT_GT(*bought.sequential->ci[1], 0.1 / 0.3);
    EXPECT_LT(*bought.adjusted_p_value, 0.05);
    EXPECT_GT(*bought.bayesian->chance_to_win, 0.99);
    EXPECT_EQ(found.verdict.decision, "ship");
    EXPECT_EQ(found.verdict.variant, "blue");
    EXPECT_FALSE(found.sample_ratio.is_suspicious);
    EXPECT_FALSE(base::to_json(found.verdict.reason).empty());
}

TEST_F(TruthTest, NoDifferenceIsNoClaim) {
    simulate(3'000, 0.3, 0.3);
    const ExperimentResults found = results();
    for (const MetricResult& metric : found.metrics)
        EXPECT_EQ(comparison(found, metric.name).direction, "unclear") << metric.name;
    EXPECT_EQ(found.verdict.decision, "continue");
}

TEST_F(TruthTest, AHarmedGuardrailStopsWhatSells) {
    simulate(4'000, 0.3, 0.4, 0.25);
    const ExperimentResults found = results();
    EXPECT_EQ(comparison(found, "bought").direction, "better");
    EXPECT_EQ(comparison(found, "errors").direction, "worse");
    EXPECT_EQ(found.verdict.decision, "stop");
}

TEST_F(TruthTest, AGuardrailThatOnlyTheTreatmentBreaksStopsIt) {
    simulate(1'500, 0.25, 0.5, 0.6, 0.5, 0.01);
    const ExperimentResults rare = results();
    EXPECT_EQ(comparison(rare, "bought").direction, "better");
    EXPECT_EQ(comparison(rare, "errors").direction, "worse");
    EXPECT_EQ(rare.verdict.decision, "stop");
}

TEST_F(TruthTest, AGuardrailThatNobodyBreaksInTheControlIsStillAGuardrail) {
    simulate(1'500, 0.25, 0.5, 0.6, 0.5, 0);
    const ExperimentResults none = results();
    EXPECT_EQ(comparison(none, "errors").direction, "worse")
        << comparison(none, "errors").problem.value_or("");
    EXPECT_EQ(none.verdict.decision, "stop");
}

TEST_F(TruthTest, AVariantThatNobodyBuysFromIsStopped) {
    simulate(1'500, 0.8, 0.01);
    EXPECT_EQ(results().verdict.decision, "stop");
}

TEST_F(TruthTest, AGuardrailOfWhichTooLittleIsKnownIsNotCalledHarmless) {
    simulate(1'500, 0.25, 0.5, 0.01, 0.5, 0.01);
    const ExperimentResults found = results();
    EXPECT_EQ(found.verdict.decision, "ship");
    EXPECT_TRUE(found.verdict.reason.contains("too little is known of errors"))
        << found.verdict.reason;
}

TEST_F(TruthTest, WhatMayBeLookedAtAnyTimeWaitsUntilThereIsEnough) {
    simulate(60, 0.3, 0.5);
    const ExperimentResults few = results();
    const ArmComparison& bought = comparison(few, "bought");
    EXPECT_FALSE(bought.sequential);
    EXPECT_TRUE(bought.frequentist) << "for who looks once";
    EXPECT_EQ(bought.direction, "unclear");
    EXPECT_TRUE(bought.problem->contains("25 units of each variant must have done it"));
    EXPECT_TRUE(comparison(few, "spent").problem->contains("100 units"));
    EXPECT_EQ(few.verdict.decision, "continue");
    simulate(3'000, 0.3, 0.5);
    EXPECT_TRUE(comparison(results(), "bought").sequential);
}

TEST_F(TruthTest, AnEventThatNobodyDoesIsNamed) {
    for (int i = 0; i < 100; ++i)
        tell("u" + std::to_string(i), {exposure(i % 2 == 0 ? "control" : "blue", 1min)});
    const ExperimentResults found = results();
    EXPECT_EQ(comparison(found, "bought").problem,
              "no unit has done 'purchase' so far; is that the event's name?");
}

TEST_F(TruthTest, LostUnitsAreNoticedBeforeAnythingElse) {
    simulate(3'000, 0.3, 0.4, 0.1, 0.57);
    const ExperimentResults found = results();
    EXPECT_TRUE(found.sample_ratio.is_suspicious);
    EXPECT_EQ(found.verdict.decision, "check");
}

TEST_F(TruthTest, WeightsThatWereChangedAreNoLostUnits) {
    simulate(1'000, 0.3, 0.3);
    std::string body(kExperiment);
    const std::string_view before = R"("weight":0.5},{"name":"blue","weight":0.5)";
    body.replace(body.find(before), before.size(), R"("weight":0.1},{"name":"blue","weight":0.9)");
    const auto put = experiments_.put(world_.tenant, "e", base::JsonText::trusted(body), {});
    ASSERT_TRUE(put);
    for (int i = 0; i < 1'000; ++i)
        tell("later-" + std::to_string(i), {exposure(i % 10 == 0 ? "control" : "blue", 1min, "e",
                                                     std::nullopt, put->now().version)});
    const ExperimentResults found = results();
    EXPECT_FALSE(found.sample_ratio.is_suspicious);
    EXPECT_NEAR(found.arms.at(1).expected, 500 + 900, 1);
}

TEST_F(ResultsTest, WhatWasNotStartedHasNoResults) {
    ASSERT_TRUE(experiments_.put(world_.tenant, "draft",
                                 base::JsonText::trusted(std::string(kExperiment)), {}));
    EXPECT_EQ(answers_.results(world_.tenant, "draft").error().code, Code::failed_precondition);
    EXPECT_EQ(answers_.results(world_.tenant, "none").error().code, Code::not_found);
    const auto empty = results();
    EXPECT_EQ(empty.units, 0u);
    EXPECT_TRUE(empty.metrics.at(0).comparisons.at(0).problem);
    EXPECT_EQ(empty.verdict.decision, "continue");
}

const MetricResult& metric_of(const ExperimentResults& results, std::string_view name) {
    return *std::ranges::find(results.metrics, name, &MetricResult::name);
}

TEST_F(ResultsTest, AQuantileIsComparedFrom25UnitsOnEitherSideOfIt) {
    for (int i = 0; i < 49; ++i) {
        tell("c" + std::to_string(i),
             {exposure("control", 0min), event("purchase", 1min, 100 + i)});
        tell("b" + std::to_string(i), {exposure("blue", 0min), event("purchase", 1min, 500 + i)});
    }
    const ExperimentResults before = results();
    const ArmComparison& too_early = metric_of(before, "median").comparisons.at(0);
    EXPECT_EQ(too_early.problem,
              "too little is known yet: for this quantile each variant needs 50 units that have a "
              "value, and one has 49");
    EXPECT_FALSE(too_early.sequential);
    EXPECT_EQ(too_early.direction, "unclear");
    tell("c", {exposure("control", 0min), event("purchase", 1min, 99)});
    tell("b", {exposure("blue", 0min), event("purchase", 1min, 499)});
    const ExperimentResults after = results();
    const ArmComparison& compared = metric_of(after, "median").comparisons.at(0);
    EXPECT_FALSE(compared.problem) << *compared.problem;
    EXPECT_EQ(compared.direction, "better");
}

TEST_F(ResultsTest, AQuantileOfFewValuesIsNotCompared) {
    for (int i = 0; i < 200; ++i) {
        tell("c" + std::to_string(i),
             {exposure("control", 0min), event("purchase", 1min, i < 99 ? 20 : 10)});
        tell("b" + std::to_string(i),
             {exposure("blue", 0min), event("purchase", 1min, i < 101 ? 20 : 10)});
    }
    const ExperimentResults found = results();
    const ArmComparison& compared = metric_of(found, "median").comparisons.at(0);
    EXPECT_EQ(compared.problem,
              "too many units have the same value for quantiles to be compared: a mean can be")
        << "the median leaps from 10 to 20 by one unit in a hundred";
    EXPECT_EQ(compared.direction, "unclear");
}

TEST(QuantileSketch, TellsARangeWithAllThatItsBucketsHold) {
    QuantileSketch sketch;
    for (int i = 1; i <= 1'000; ++i) sketch.add(i);
    const QuantileSketch::Range range = sketch.range(0.4, 0.6);
    EXPECT_NEAR(range.lower, 400, 1);
    EXPECT_LE(range.lower, 400);
    EXPECT_NEAR(range.upper, 600, 1.5);
    EXPECT_GE(range.upper, 600);
    EXPECT_FALSE(range.is_coarse);
    QuantileSketch below_zero;
    for (int i = 1; i <= 1'000; ++i) below_zero.add(-i);
    EXPECT_LE(below_zero.range(0.4, 0.6).lower, -600);
    EXPECT_GE(below_zero.range(0.4, 0.6).upper, -401);
    EXPECT_EQ(QuantileSketch().range(0.4, 0.6).upper, 0);
}

TEST(QuantileSketch, IsCoarseWhereFewNumbersLieFarApart) {
    QuantileSketch few;
    for (int i = 0; i < 400; ++i) few.add(1 + i % 4);
    EXPECT_TRUE(few.range(0.45, 0.55).is_coarse);
    EXPECT_TRUE(few.range(0.3, 0.45).is_coarse) << "one alone, with others far from it";
    QuantileSketch fine;
    for (int i = 0; i < 100'000; ++i) fine.add(1'000 + 0.001 * i);
    EXPECT_FALSE(fine.range(0.499, 0.501).is_coarse) << "as fine as the buckets are";
    QuantileSketch alone;
    for (int i = 0; i < 100; ++i) alone.add(7);
    EXPECT_FALSE(alone.range(0.4, 0.6).is_coarse) << "there is nothing to leap to";
}

TEST(QuantileSketch, IsRightToATenthOfAPercentAlsoAfterCorrections) {
    QuantileSketch sketch;
    for (int i = 1; i <= 1'000; ++i) sketch.add(i);
    for (int i = 1; i <= 1'000; ++i) {
        sketch.remove(i);
        sketch.add(i * 2 - 1'000);
    }
    EXPECT_EQ(sketch.n(), 1'000u);
    EXPECT_NEAR(sketch.quantile(0.9), 800, 0.9);
    EXPECT_NEAR(sketch.quantile(0.1), -800, 0.9);
    EXPECT_EQ(sketch.quantile(0.5), 0);
}

}  // namespace
}  // namespace attune::engine
