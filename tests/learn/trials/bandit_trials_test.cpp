// The small size of `attune simulate bandits`.
#include "learn/trials/bandit_trials.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace attune::learn {
namespace {

StrategyOutcome outcome_of(const std::vector<StrategyOutcome>& all, std::string_view name) {
    const auto found = std::ranges::find(all, name, &StrategyOutcome::strategy);
    return found == all.end() ? StrategyOutcome{} : *found;
}

std::vector<StrategyOutcome> outcomes_of(const BanditTrialOptions& options) {
    const auto outcomes = run_bandit_trials(options);
    EXPECT_TRUE(outcomes) << outcomes.error().message;
    return outcomes.value_or(std::vector<StrategyOutcome>{});
}

TEST(BanditTrials, ThompsonMissesLessThanEpsilonGreedyAndMuchLessThanAnEvenSplit) {
    const auto all = outcomes_of({.people = 20'000, .every = 100, .runs = 16});
    ASSERT_EQ(all.size(), 6u);
    EXPECT_LT(outcome_of(all, "thompson").regret, outcome_of(all, "epsilon_greedy").regret);
    EXPECT_LT(outcome_of(all, "thompson").share_of_even, 0.3);
    EXPECT_EQ(outcome_of(all, "even").share_of_even, 1);
}

TEST(BanditTrials, WhereKindsOfPeopleDifferOnlyTheLinearOnesSeeIt) {
    const auto all = outcomes_of(
        {.arms = 3, .kinds = 3, .people = 6'000, .every = 50, .rate_max = 0.4, .runs = 8});
    EXPECT_LT(outcome_of(all, "linear_thompson").regret, 0.6 * outcome_of(all, "thompson").regret);
    EXPECT_LT(outcome_of(all, "lin_ucb").regret, 0.7 * outcome_of(all, "thompson").regret);
}

TEST(BanditTrials, AHalfLifeHelpsWhereTheWorldTurns) {
    BanditTrialOptions options{
        .people = 6'000, .every = 50, .turns = true, .rate_max = 0.5, .runs = 8};
    const double remembers = outcome_of(outcomes_of(options), "thompson").regret;
    options.half_life = 500;
    EXPECT_LT(outcome_of(outcomes_of(options), "thompson").regret, remembers);
}

TEST(BanditTrials, TheSameSeedIsTheSameTrial) {
    const BanditTrialOptions options{.people = 500, .delay = 30, .runs = 2, .seed = 9};
    const auto first = outcomes_of(options);
    const auto second = outcomes_of(options);
    for (std::size_t i = 0; i < first.size(); ++i) EXPECT_EQ(first[i].regret, second[i].regret);
}

TEST(BanditTrials, RefusesWhatCannotBeTried) {
    EXPECT_FALSE(run_bandit_trials({.arms = 1}));
    EXPECT_FALSE(run_bandit_trials({.kinds = 0}));
    EXPECT_FALSE(run_bandit_trials({.people = 1}));
    EXPECT_FALSE(run_bandit_trials({.every = 0}));
    EXPECT_FALSE(run_bandit_trials({.runs = 0}));
    EXPECT_FALSE(run_bandit_trials({.rate_min = 0.5, .rate_max = 0.5}));
    EXPECT_FALSE(run_bandit_trials({.floor = 0.5, .runs = 1}));
}

}  // namespace
}  // namespace attune::learn
