#include "app/commands.h"
#include "app/option_places.h"
#include "app/real_number.h"
#include "base/json.h"
#include "learn/trials/bandit_trials.h"

namespace attune::app {

namespace {

struct BanditTrials {
    learn::BanditTrialOptions options;
    std::vector<learn::StrategyOutcome> outcome;
};
BOOST_DESCRIBE_STRUCT(BanditTrials, (), (options, outcome))

Result<learn::BanditTrialOptions> bandit_options(const Invocation& invocation) {
    learn::BanditTrialOptions options;
    ATTUNE_TRY(options.arms, invocation.number_or("arms", options.arms, 2, 100));
    ATTUNE_TRY(options.kinds, invocation.number_or("kinds", options.kinds, 1, 50));
    ATTUNE_TRY(options.people, invocation.number_or("people", options.people, 10, 10'000'000));
    ATTUNE_TRY(options.delay, invocation.number_or("delay", options.delay, 0, 10'000'000));
    ATTUNE_TRY(options.every, invocation.number_or("every", options.every, 1, 10'000'000));
    ATTUNE_TRY(options.half_life,
               invocation.number_or("half-life", options.half_life, 0, 10'000'000));
    ATTUNE_TRY(options.runs, invocation.number_or("runs", options.runs, 1, 100'000));
    ATTUNE_TRY(options.seed, invocation.number_or("seed", options.seed, 0, UINT64_MAX));
    options.turns = invocation.has("turns");
    ATTUNE_TRY(const auto least, real_number(invocation, "rate-min"));
    ATTUNE_TRY(const auto most, real_number(invocation, "rate-max"));
    ATTUNE_TRY(const auto epsilon, real_number(invocation, "epsilon"));
    ATTUNE_TRY(const auto floor, real_number(invocation, "floor"));
    options.rate_min = least.value_or(options.rate_min);
    options.rate_max = most.value_or(options.rate_max);
    options.epsilon = epsilon.value_or(options.epsilon);
    options.floor = floor.value_or(options.floor);
    return options;
}

Result<BanditTrials> bandit_trials(const Invocation& invocation) {
    ATTUNE_TRY(auto options, bandit_options(invocation));
    ATTUNE_TRY(auto outcome, learn::run_bandit_trials(options));
    return BanditTrials{options, std::move(outcome)};
}

int run_simulate_bandits(const Invocation& invocation, Console& console) {
    const auto done = bandit_trials(invocation);
    if (done) return console.write_line(base::to_json(*done)) ? kExitDone : kExitProblems;
    console.fail_with(as_options(done.error()));
    return exit_code_of(done.error());
}

}  // namespace

const Command kSimulateBandits{
    .name = "simulate bandits",
    .summary = "Lives through worlds whose best arm is known and counts what each strategy misses.",
    .manual =
        "Prints for each strategy the expected rewards that it missed in a run (regret), with its "
        "standard error, as a share of what an even split misses, and how many of the last tenth "
        "of people were given the best arm. All strategies live in the same worlds.",
    .options =
        {{.name = "arms", .value = "N", .doc = "How many.", .fallback = "4"},
         {.name = "kinds",
          .value = "N",
          .doc = "Of people, each with rates of its own.",
          .fallback = "1"},
         {.name = "people", .value = "N", .doc = "Of a run.", .fallback = "10000"},
         {.name = "delay",
          .value = "N",
          .doc = "People who come before a reward is known.",
          .fallback = "0"},
         {.name = "every",
          .value = "N",
          .doc = "People who come before minds are changed.",
          .fallback = "10"},
         {.name = "half-life",
          .value = "N",
          .doc = "After how many people what was seen counts half; 0: never.",
          .fallback = "0"},
         {.name = "turns", .doc = "At half time, all arms take the rates of their opposites."},
         {.name = "rate-min", .value = "X", .doc = "Of an arm.", .fallback = "0.05"},
         {.name = "rate-max", .value = "X", .doc = "The same.", .fallback = "0.15"},
         {.name = "epsilon", .value = "X", .doc = "Of epsilon_greedy.", .fallback = "0.1"},
         {.name = "floor", .value = "X", .doc = "The least chance of an arm.", .fallback = "0.02"},
         {.name = "runs", .value = "N", .doc = "How many worlds.", .fallback = "50"},
         {.name = "seed", .value = "N", .doc = "Which of all possible runs.", .fallback = "1"}},
    .run = &run_simulate_bandits};

}  // namespace attune::app
