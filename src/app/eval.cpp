#include "app/commands.h"
#include "app/json_lines.h"
#include "app/real_number.h"
#include "learn/policy/evaluation.h"

namespace attune::app {

namespace {

Result<learn::PolicyOptions> policy_options(const Invocation& invocation) {
    learn::PolicyOptions options;
    ATTUNE_TRY(const auto alpha, real_number(invocation, "alpha"));
    if (alpha) options.alpha = *alpha;
    ATTUNE_TRY(options.switch_at, real_number(invocation, "switch-at"));
    return options;
}

// A log with a hole is another log: the first bad line ends it.
Result<learn::PolicyReport> evaluate(const learn::PolicyOptions& options) {
    learn::PolicyLog log;
    std::optional<Error> problem;
    (void)each_input_line([&](const base::Line& line) {
        const auto added = [&]() -> Result<void> {
            if (line.error) return std::unexpected(*line.error);
            ATTUNE_TRY(const auto document, base::JsonDocument::parse(line.text));
            return log.add(document.root());
        }();
        if (added) return true;
        problem = added.error();
        problem->message = "line " + std::to_string(line.number) + ": " + problem->message;
        return false;
    });
    if (problem) return std::unexpected(*std::move(problem));
    return log.evaluate(options);
}

int run_eval_policy(const Invocation& invocation, Console& console) {
    const auto report = [&]() -> Result<learn::PolicyReport> {
        ATTUNE_TRY(const auto options, policy_options(invocation));
        return evaluate(options);
    }();
    if (!report) {
        console.fail_with(report.error());
        return exit_code_of(report.error());
    }
    for (const auto& warning : report->warnings)
        console.say("warning: " + warning.code + ": " + warning.message);
    return console.write_line(base::to_json(*report)) && console.flush() ? kExitDone
                                                                         : kExitProblems;
}

}  // namespace

const Command kEvalPolicy{
    .name = "eval policy",
    .summary = "Says what another policy would have earned, from logged decisions.",
    .manual =
        "Reads a decision a line from standard input:\n"
        "  {\"context\": any JSON, \"action\": \"a\", \"reward\": 1, \"propensity\": 0.25,\n"
        "   \"target\": {\"a\": 0.7, \"b\": 0.3}}\n"
        "where `propensity` is the probability with which the action was chosen and `target` the "
        "probabilities of the policy to judge. Writes one JSON object: for each of dm, ips, snips, "
        "dr "
        "and switch_dr the value, its interval, standard error and effective sample size; what the "
        "logged policy earned; and warnings where the log cannot tell. docs/statistics.md explains "
        "them.",
    .options = {{.name = "alpha",
                 .value = "A",
                 .doc = "1 - the coverage of the intervals.",
                 .fallback = "0.05"},
                {.name = "switch-at",
                 .value = "W",
                 .doc =
                     "switch_dr trusts the model alone where the weight is above this. Chosen from "
                     "the data when left out."}},
    .run = &run_eval_policy};

}  // namespace attune::app
