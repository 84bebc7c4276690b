#include "engine/trials/engine_trials.h"

#include "engine/experiment/experiment_reader.h"
#include "engine/experiment/plan.h"
#include "engine/trials/trial_world.h"

#include <algorithm>
#include <vector>

namespace attune::engine {
namespace {

// That run in one engine, over the same people: asking and being seen cost once for all of them.
constexpr std::uint64_t kRunsAtOnce = 20;

// What one run has shown, look after look.
struct RunSeen {
    learn::TrialRun intervals;
    bool last_decided = false;
    bool ever_decided = false;
    bool ever_suspected = false;
    std::uint64_t units = 0;

    void look(const learn::TrialOptions& options, const ExperimentResults& results);
};

const learn::Comparison* answer_of(const ExperimentResults& results, learn::Method method) {
    if (results.metrics.empty() || results.metrics.front().comparisons.empty()) return nullptr;
    const ArmComparison& arm = results.metrics.front().comparisons.front();
    const auto& said = method == learn::Method::sequential    ? arm.sequential
                       : method == learn::Method::frequentist ? arm.frequentist
                                                              : arm.bayesian;
    return said ? &*said : nullptr;
}

void RunSeen::look(const learn::TrialOptions& options, const ExperimentResults& results) {
    intervals.look(answer_of(results, options.method), options.lift);
    last_decided = results.verdict.decision == "ship" || results.verdict.decision == "stop";
    ever_decided = ever_decided || last_decided;
    ever_suspected = ever_suspected || results.sample_ratio.is_suspicious;
    units = results.units;
}

Result<std::vector<RunSeen>> live_through(const learn::TrialOptions& options,
                                          std::uint64_t first_run, std::uint64_t runs) {
    ATTUNE_TRY(const auto world, TrialWorld::open(options, first_run, runs));
    std::vector<RunSeen> seen(runs);
    std::uint64_t came = 0;
    for (std::uint64_t look = 1; look <= options.looks; ++look) {
        const std::uint64_t until = options.people * look / options.looks;
        ATTUNE_TRY_VOID(world->let_come(until - came));
        came = until;
        for (std::uint64_t run = 0; run < runs; ++run) {
            ATTUNE_TRY(const auto results, world->results(run));
            seen[run].look(options, results);
        }
    }
    return seen;
}

Result<void> check(const learn::TrialOptions& options) {
    ATTUNE_TRY_VOID(check_trials(options));
    if (options.adjusted && options.metric == learn::Metric::ratio)
        return fail_field("/adjusted", "an experiment adjusts a proportion or a mean");
    return {};
}

}  // namespace

Result<std::uint64_t> units_planned(const learn::TrialOptions& options) {
    ATTUNE_TRY_VOID(check(options));
    ATTUNE_TRY(const auto need, units_needed(trial_experiment(options, 0)));
    return need.units;
}

Result<EngineTrialOutcome> run_engine_trials(const learn::TrialOptions& options,
                                             const EngineTrialProgress& progress) {
    EngineTrialOutcome outcome;
    ATTUNE_TRY(outcome.units_planned, units_planned(options));
    learn::TrialOutcome counts;
    for (std::uint64_t first = 0; first < options.runs; first += kRunsAtOnce) {
        const std::uint64_t runs = std::min(kRunsAtOnce, options.runs - first);
        ATTUNE_TRY(const auto seen, live_through(options, first, runs));
        for (const RunSeen& run : seen) {
            run.intervals.add_to(counts);
            outcome.last_decided += run.last_decided ? 1 : 0;
            outcome.ever_decided += run.ever_decided ? 1 : 0;
            outcome.ever_suspected += run.ever_suspected ? 1 : 0;
            outcome.units += run.units;
        }
        if (progress) progress(first + runs, options.runs);
    }
    const learn::TrialOutcome shares = learn::shares_of(counts, options.runs);
    outcome.last_wrong = shares.last_wrong;
    outcome.ever_wrong = shares.ever_wrong;
    outcome.last_claimed = shares.last_claimed;
    outcome.ever_claimed = shares.ever_claimed;
    for (double* count : {&outcome.last_decided, &outcome.ever_decided, &outcome.ever_suspected})
        *count /= static_cast<double>(options.runs);
    return outcome;
}

}  // namespace attune::engine
