#include "app/commands.h"
#include "app/real_number.h"
#include "base/json.h"
#include "learn/trials/trials.h"

#include <boost/describe/enum_from_string.hpp>

namespace attune::app {

namespace {

struct Trials {
    learn::TrialOptions options;
    std::uint64_t people_planned = 0;  // for 80 % power, when there is a lift
    learn::TrialOutcome outcome;
};
BOOST_DESCRIBE_STRUCT(Trials, (), (options, people_planned, outcome))

template <class Enum>
Enum enum_named(const std::string& name, Enum fallback) {
    Enum value = fallback;
    boost::describe::enum_from_string(name.c_str(), value);
    return value;
}

Result<learn::TrialOptions> trial_options(const Invocation& invocation) {
    learn::TrialOptions options;
    options.metric = enum_named(invocation.text("metric").value_or(""), options.metric);
    options.method = enum_named(invocation.text("method").value_or(""), learn::Method::sequential);
    options.adjusted = invocation.has("cuped");
    ATTUNE_TRY(const auto lift, real_number(invocation, "lift"));
    options.lift = lift.value_or(0);
    ATTUNE_TRY(options.people, invocation.number_or("people", options.people, 100, 10'000'000));
    ATTUNE_TRY(options.looks, invocation.number_or("looks", options.looks, 1, 10'000));
    ATTUNE_TRY(options.runs, invocation.number_or("runs", options.runs, 1, 1'000'000));
    ATTUNE_TRY(options.seed, invocation.number_or("seed", options.seed, 0, UINT64_MAX));
    return options;
}

Result<Trials> trials(const Invocation& invocation) {
    ATTUNE_TRY(auto options, trial_options(invocation));
    std::uint64_t planned = 0;
    if (options.lift != 0) {
        ATTUNE_TRY(const auto people, learn::people_needed(learn::plan_of(options)));
        planned = people.control + people.treatment;
        if (invocation.has("planned")) options.people = planned;
    }
    ATTUNE_TRY(const auto outcome, learn::run_trials(options));
    return Trials{options, planned, outcome};
}

int run_simulate_experiments(const Invocation& invocation, Console& console) {
    const auto done = trials(invocation);
    if (done) return console.write_line(base::to_json(*done)) ? kExitDone : kExitProblems;
    console.fail_with(done.error());
    return exit_code_of(done.error());
}

}  // namespace

const Command kSimulateExperiments{
    .name = "simulate experiments",
    .summary = "Runs experiments whose truth is known and counts how often a method is wrong.",
    .manual =
        "Prints, as shares of the runs, how often the last and how often any interval left out the "
        "truth (last_wrong, ever_wrong) and left out zero (last_claimed, ever_claimed). Without a "
        "lift the claims are false positives; with one, the last is the power.",
    .options =
        {{.name = "metric",
          .value = "NAME",
          .doc = "What people do.",
          .fallback = "proportion",
          .choices = {"proportion", "mean", "ratio"}},
         {.name = "method",
          .value = "NAME",
          .doc = "How they are compared.",
          .fallback = "sequential",
          .choices = {"frequentist", "sequential", "bayesian"}},
         {.name = "cuped", .doc = "Adjust by what the same people did before."},
         {.name = "lift",
          .value = "X",
          .doc = "Of the treatment's mean: 0.1 is 10 %.",
          .fallback = "0"},
         {.name = "people", .value = "N", .doc = "Of both variants together.", .fallback = "10000"},
         {.name = "planned",
          .doc = "As many people as the power calculation asks for (80 %), with a lift."},
         {.name = "looks",
          .value = "N",
          .doc = "How often somebody looks, evenly over the traffic.",
          .fallback = "100"},
         {.name = "runs", .value = "N", .doc = "How many experiments.", .fallback = "200"},
         {.name = "seed", .value = "N", .doc = "Which of all possible runs.", .fallback = "1"}},
    .run = &run_simulate_experiments};

}  // namespace attune::app
