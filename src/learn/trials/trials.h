// Trials of the statistics themselves: experiments whose truth is known, run again and again, to count
// how often each method says something false. "Looked at a hundred times" is not a figure of speech
// here: the interval is computed after every hundredth of the traffic, and a run counts as wrong when
// any one of them leaves out the truth.
//
//     TrialOptions options{.metric = Metric::proportion, .method = Method::sequential, .runs = 200};
//     ATTUNE_TRY(const auto outcome, run_trials(options));
//     outcome.ever_wrong                      // at most 5 of 100 runs, though everybody peeked
//
// People are skewed as real ones are: a proportion buys, a mean spends (most nothing, some a lot), a ratio
// clicks on what it is shown, and each was much the same person the month before. Deterministic by the
// seed. One thread.
#pragma once

#include "base/random.h"
#include "base/result.h"
#include "learn/stats/comparison.h"
#include "learn/stats/power.h"

#include <cstdint>

namespace attune::learn {

struct TrialOptions {
    Metric metric = Metric::proportion;  // proportion, mean or ratio
    Method method = Method::frequentist;
    bool adjusted = false;  // by what people did before
    double lift = 0;        // of the treatment's mean, relative; 0: an A/A test
    double alpha = 0.05;
    std::uint64_t people = 10'000;  // of both variants
    std::uint64_t looks = 100;
    std::uint64_t runs = 200;
    std::uint64_t seed = 1;
};
BOOST_DESCRIBE_STRUCT(TrialOptions, (),
                      (metric, method, adjusted, lift, alpha, people, looks, runs, seed))

// Shares of the runs.
struct TrialOutcome {
    double last_wrong = 0;  // the last interval leaves out the truth
    double ever_wrong = 0;  // any interval does
    double last_claimed =
        0;  // the last interval leaves out zero: without a lift the false positives,
            // with one the power
    double ever_claimed = 0;
};
BOOST_DESCRIBE_STRUCT(TrialOutcome, (), (last_wrong, ever_wrong, last_claimed, ever_claimed))

// What was said in one run, look after look.
class TrialRun {
public:
    // `said`: null when there is no answer yet, which counts as right.
    void look(const Comparison* said, double truth);
    void add_to(TrialOutcome& counts) const;

private:
    bool last_wrong_ = false;
    bool ever_wrong_ = false;
    bool last_claimed_ = false;
    bool ever_claimed_ = false;
};

// Of counts, the shares of `runs`.
[[nodiscard]] TrialOutcome shares_of(TrialOutcome counts, std::uint64_t runs);

// What somebody does whose metric is moved by `lift`. The covariates do not depend on it: with the same random numbers
// they are the same.
[[nodiscard]] Observation person_of(const TrialOptions& options, double lift, base::Random& random);

// What cannot be run: invalid_argument names the option.
[[nodiscard]] Result<void> check_trials(const TrialOptions& options);

// Who looks more than once sees nothing before there is enough to watch (comparison.h); such looks count
// as right. Fails when an option is out of bounds.
[[nodiscard]] Result<TrialOutcome> run_trials(const TrialOptions& options);

// The baseline of the people of a metric, for planning: mean and deviation as PowerPlan wants them.
[[nodiscard]] PowerPlan plan_of(const TrialOptions& options);

// The share of runs in which the sample-ratio check rejects an honest split at `level`.
[[nodiscard]] double run_sample_ratio_trials(const TrialOptions& options, double level);

}  // namespace attune::learn
