// Experiments whose truth is known, through the whole path: definitions, assignment, decisions in the log, events, the reader, results.
// What the statistics promise on paper, the engine keeps: somebody who looks all the time seldom sees an effect where there is none.
#include "engine/trials/engine_trials.h"

#include <gtest/gtest.h>

namespace attune::engine {
namespace {

using learn::Method;
using learn::Metric;

EngineTrialOutcome outcome_of(const learn::TrialOptions& options) {
    const auto outcome = run_engine_trials(options, {});
    EXPECT_TRUE(outcome) << outcome.error().message;
    return outcome.value_or(EngineTrialOutcome{});
}

class EngineTrials : public ::testing::TestWithParam<learn::TrialOptions> {};

TEST_P(EngineTrials, WhoLooksAllTheTimeSeldomSeesAnEffectWhereThereIsNone) {
    const auto outcome = outcome_of(GetParam());
    EXPECT_EQ(outcome.units, GetParam().people * GetParam().runs) << "everybody is counted once";
    EXPECT_LE(outcome.ever_claimed, 0.05);
    EXPECT_LE(outcome.ever_decided, 0.05);
    // At 0.001 a look, over all of them.
    EXPECT_LE(outcome.ever_suspected, 0.1);
}

learn::TrialOptions watched(Metric metric, bool adjusted) {
    return {.metric = metric,
            .method = Method::sequential,
            .adjusted = adjusted,
            .people = 500,
            .looks = 50,
            .runs = 20};
}

INSTANTIATE_TEST_SUITE_P(Worlds, EngineTrials,
                         ::testing::Values(watched(Metric::proportion, false),
                                           watched(Metric::mean, true),
                                           watched(Metric::ratio, false)));

TEST(EngineTrialsTest, AsManyPeopleAsWerePlannedForShowTheEffect) {
    learn::TrialOptions options{.metric = Metric::proportion,
                                .method = Method::sequential,
                                .lift = 1,
                                .looks = 10,
                                .runs = 40};
    const auto planned = units_planned(options);
    ASSERT_TRUE(planned);
    options.people = *planned;
    const auto outcome = outcome_of(options);
    // Planned for 80 %, give or take what forty runs leave to chance.
    EXPECT_GE(outcome.ever_claimed, 0.65);
    // Which is better may be told before an interval of the lift leaves nothing out.
    EXPECT_GE(outcome.ever_decided, outcome.ever_claimed);
    EXPECT_LE(outcome.ever_decided, outcome.ever_claimed + 0.1);
    EXPECT_LE(outcome.ever_wrong, 0.1);
}

TEST(EngineTrialsTest, TheSameSeedTellsTheSameStory) {
    const learn::TrialOptions options{
        .method = Method::frequentist, .people = 200, .looks = 10, .runs = 4};
    const auto once = outcome_of(options);
    const auto again = outcome_of(options);
    EXPECT_EQ(once.ever_wrong, again.ever_wrong);
    EXPECT_EQ(once.ever_claimed, again.ever_claimed);
    EXPECT_EQ(once.units, again.units);
}

TEST(EngineTrialsTest, AnAdjustedRatioIsRefusedSinceNoExperimentHasOne) {
    const auto outcome = run_engine_trials({.metric = Metric::ratio, .adjusted = true}, {});
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, Code::invalid_argument);
}

TEST(EngineTrialsTest, ThePlanIsTheExperimentsOwn) {
    const auto few = units_planned({.metric = Metric::proportion, .lift = 0.5});
    const auto many = units_planned({.metric = Metric::proportion, .lift = 0.1});
    ASSERT_TRUE(few && many);
    EXPECT_GT(*many, 10 * *few);
}

}  // namespace
}  // namespace attune::engine
