// How often the intervals of a bandit's arms leave out the truth, though what is drawn hangs on what was drawn before.
#include "engine/bandit/summary.h"

#include "base/json.h"
#include "base/random.h"
#include "domain/describe.h"

#include <gtest/gtest.h>

#include <chrono>

namespace attune::engine {
namespace {

struct Covered {
    double plain = 0;  // mean of plain means, minus the truth
    double weighed = 0;
    double inside = 0;  // the share of intervals that hold the truth
    double suspicious = 0;
};

// Of the arm that is the worse one.
Covered live(int runs, int people) {
    const auto experiment = *base::from_json<domain::Experiment>(
        R"({"name":"n","variants":[{"name":"a","weight":0.5},{"name":"b","weight":0.5}],"metrics":[)"
        R"({"name":"bought","role":"primary","kind":"conversion","event":"purchase"}],)"
        R"("bandit":{"floor":0.05,"begin_units":20}})");
    constexpr double kRates[] = {0.2, 0.25};
    base::SeededRandom random(11);
    Covered covered;
    for (int run = 0; run < runs; ++run) {
        BanditLearner learner(experiment);
        auto state = learner.state({});
        for (int i = 0; i < people; ++i) {
            const base::Time now{std::chrono::seconds(i)};
            if (i % 20 == 0) state = learner.state(now);
            const BanditDraw drawn =
                state->draw(static_cast<std::uint32_t>(random.below(kBuckets)), {});
            Draw draw{.arm = drawn.variant, .probability = drawn.probability, .at = now};
            learner.drawn(draw, {});
            learner.settle(now);
            if (random.unit() >= kRates[drawn.variant]) continue;
            draw.value = 1;
            learner.rewarded(draw, 0);
        }
        const BanditArm arm = summary_of(experiment, learner.sums(), *state).arms[0];
        covered.plain += arm.reward / static_cast<double>(arm.draws) - kRates[0];
        covered.weighed += *arm.mean - kRates[0];
        covered.inside += arm.ci && (*arm.ci)[0] <= kRates[0] && kRates[0] <= (*arm.ci)[1];
        covered.suspicious += draw_ratio_of(learner.sums()).is_suspicious;
    }
    for (double* sum : {&covered.plain, &covered.weighed, &covered.inside, &covered.suspicious})
        *sum /= runs;
    return covered;
}

TEST(BanditSummary, WeighedMeansAreTrueWherePlainOnesAreTooLowAndTheirIntervalsHold) {
    const Covered covered = live(400, 1'000);
    EXPECT_LT(covered.plain, -0.005);
    EXPECT_GT(covered.weighed, covered.plain / 2);
    EXPECT_GT(covered.inside, 0.9);
    EXPECT_LT(covered.suspicious, 0.01);
}

TEST(BanditSummary, AnswersNoComparisonThatFixedWeightsWouldAllow) {
    domain::Experiment experiment{.bandit = domain::ExperimentBandit{}};
    const std::vector<MetricResult> compared{
        {.name = "bought", .comparisons = {{.name = "b", .direction = "better"}}}};
    ExperimentResults results{.metrics = compared,
                              .segments = {{{.segment_id = "loyal", .metrics = compared}}}};
    tell_as_bandit(experiment, {}, {}, results);
    for (const auto* metrics : {&results.metrics, &results.segments->front().metrics}) {
        EXPECT_EQ(metrics->front().comparisons.front().direction, "unclear");
        EXPECT_TRUE(metrics->front().comparisons.front().problem);
    }
    EXPECT_EQ(results.verdict.decision, "continue");
}

}  // namespace
}  // namespace attune::engine
