// Bandits on trial: worlds whose best arm is known, lived through again and again, to count what each strategy misses on the
// way to it (its regret). All strategies live in the same worlds.
//
//     const auto outcome = run_bandit_trials({.arms = 4, .people = 10'000, .runs = 50});
//     (*outcome)[3].strategy, (*outcome)[3].regret    // "thompson": rewards missed in a run, on average
//
// Somebody comes, is given an arm and is rewarded or not, at a rate of the arm's that the world draws; with several kinds of
// people, each kind has rates of its own, which only the linear strategies can tell apart. Strategies hear of rewards
// `delay` people later and change their minds every few people, as a server does between commits. Deterministic by the
// seed. One thread.
#pragma once

#include "base/describe.h"
#include "base/result.h"

#include <boost/describe/class.hpp>
#include <cstdint>
#include <string>
#include <vector>

namespace attune::learn {

struct BanditTrialOptions {
    std::uint64_t arms = 4;
    std::uint64_t kinds = 1;  // of people
    std::uint64_t people = 10'000;
    std::uint64_t delay = 0;      // people between a draw and its reward
    std::uint64_t every = 10;     // people between two changes of mind
    std::uint64_t half_life = 0;  // in people; 0: nothing fades
    bool turns = false;           // at half time, all arms take the rates of their opposites
    double rate_min = 0.05;
    double rate_max = 0.15;
    double epsilon = 0.1;
    double floor = 0.02;
    std::uint64_t runs = 50;
    std::uint64_t seed = 1;
};
BOOST_DESCRIBE_STRUCT(BanditTrialOptions, (),
                      (arms, kinds, people, delay, every, half_life, turns, rate_min, rate_max,
                       epsilon, floor, runs, seed))

struct StrategyOutcome {
    std::string strategy;
    double regret = 0;          // expected rewards missed in a run
    double standard_error = 0;  // of it
    double share_of_even = 0;   // of what an even split misses
    double best_at_last = 0;  // the share of the last tenth of people who were given their best arm
};
BOOST_DESCRIBE_STRUCT(StrategyOutcome, (),
                      (strategy, regret, standard_error, share_of_even, best_at_last))

// Of "even", "epsilon_greedy", "ucb", "thompson", "lin_ucb" and "linear_thompson", in this order. Fails when an option is out
// of bounds.
[[nodiscard]] Result<std::vector<StrategyOutcome>> run_bandit_trials(
    const BanditTrialOptions& options);

}  // namespace attune::learn
