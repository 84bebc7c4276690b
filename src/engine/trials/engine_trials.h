// Trials of experiments as they are run: what learn/trials asks of the statistics, asked of the whole engine. Somebody comes by, asks
// for a configuration, is given a variant of every experiment, and does what such people do; after every hundredth of the people the
// experiment's results are looked at, and a run is wrong when they leave out the truth.
//
//     ATTUNE_TRY(const auto outcome, run_engine_trials({.method = learn::Method::sequential, .people = 1'000, .runs = 40}, {}));
//     outcome.ever_wrong                       // at most 5 of 100, though everybody peeked
//     outcome.ever_decided                     // without a lift: verdicts that were false, too
//
// Everything between the people and the answer is on trial: bucketing, the decision log, the order of the log, counting, windows, CUPED,
// the sample-ratio check, the verdict. Deterministic by the seed. Memory for twenty runs at a time; about 10 µs of one core for a
// person of a run.
#pragma once

#include "base/result.h"
#include "learn/trials/trials.h"

#include <boost/describe.hpp>
#include <cstdint>
#include <functional>

namespace attune::engine {

// Shares of the runs, but for the first and the last.
struct EngineTrialOutcome {
    std::uint64_t units_planned = 0;  // as the experiment's own power calculation says
    double last_wrong = 0;            // as learn::TrialOutcome has them, of the results' intervals
    double ever_wrong = 0;
    double last_claimed = 0;
    double ever_claimed = 0;
    double last_decided = 0;  // the verdict was to ship or to stop
    double ever_decided = 0;
    double ever_suspected = 0;  // the sample-ratio check did not trust an honest split
    std::uint64_t units = 0;    // counted, of all runs: as many as people came
};
BOOST_DESCRIBE_STRUCT(EngineTrialOutcome, (),
                      (units_planned, last_wrong, ever_wrong, last_claimed, ever_claimed,
                       last_decided, ever_decided, ever_suspected, units))

// Told as runs go by: of how many.
using EngineTrialProgress = std::function<void(std::uint64_t done, std::uint64_t runs)>;

// The comparisons are relative to the control at 95 %: options.alpha is the experiment's. Without a lift experiments are planned for
// an effect of a tenth. invalid_argument names an option that is out of bounds; a ratio cannot be adjusted.
[[nodiscard]] Result<EngineTrialOutcome> run_engine_trials(const learn::TrialOptions& options,
                                                           const EngineTrialProgress& progress);

// How many people the experiment's own power calculation asks for.
[[nodiscard]] Result<std::uint64_t> units_planned(const learn::TrialOptions& options);

}  // namespace attune::engine
