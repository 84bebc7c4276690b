#include "app/commands.h"
#include "app/option_places.h"
#include "app/real_number.h"
#include "base/json.h"
#include "engine/trials/engine_trials.h"
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

struct EngineTrials {
    learn::TrialOptions options;
    engine::EngineTrialOutcome outcome;
};
BOOST_DESCRIBE_STRUCT(EngineTrials, (), (options, outcome))

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

// People of a run of an engine are people of its memory.
constexpr std::uint64_t kEnginePeopleMax = 1'000'000;

Result<EngineTrials> engine_trials(const Invocation& invocation, Console& console) {
    ATTUNE_TRY(auto options, trial_options(invocation));
    if (options.lift != 0 && invocation.has("planned")) {
        ATTUNE_TRY(options.people, engine::units_planned(options));
    }
    if (options.people > kEnginePeopleMax)
        return fail_field("--people", "must be at most a million through the engine, not " +
                                          std::to_string(options.people));
    Progress progress(console, "running", "experiments", options.runs);
    ATTUNE_TRY(const auto outcome,
               engine::run_engine_trials(
                   options, [&](std::uint64_t done, std::uint64_t) { progress.at(done, done); }));
    progress.finish();
    return EngineTrials{options, outcome};
}

template <class Done>
int tell(const Result<Done>& done, Console& console) {
    if (done) return console.write_line(base::to_json(*done)) ? kExitDone : kExitProblems;
    console.fail_with(as_options(done.error(), {{"/adjusted", "--cuped"}}));
    return exit_code_of(done.error());
}

int run_simulate_experiments(const Invocation& invocation, Console& console) {
    if (invocation.text("through") == "engine")
        return tell(engine_trials(invocation, console), console);
    return tell(trials(invocation), console);
}

}  // namespace

const Command kSimulateExperiments{
    .name = "simulate experiments",
    .summary = "Runs experiments whose truth is known and counts how often a method is wrong.",
    .manual =
        "Prints, as shares of the runs, how often the last and how often any interval left out the "
        "truth (last_wrong, ever_wrong) and left out zero (last_claimed, ever_claimed). Without a "
        "lift the claims are false positives; with one, the last is the power.\n"
        "--through engine has a whole engine run the experiments: people come by, ask for a "
        "configuration, do what they do, and the intervals are those of the experiment's results. "
        "It also says in how many runs the verdict was to ship or to stop (last_decided, "
        "ever_decided) and the sample-ratio check was suspicious (ever_suspected). It takes some "
        "10 microseconds for a person of a run, and memory for twenty runs.",
    .options =
        {{.name = "through",
          .value = "WHAT",
          .doc = "The statistics by themselves, or all that lies between people and results.",
          .fallback = "statistics",
          .choices = {"statistics", "engine"}},
         {.name = "metric",
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
