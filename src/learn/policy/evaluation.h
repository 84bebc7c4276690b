// Off-policy evaluation: what another policy would have earned, from the log of the one that ran. A
// logged decision says what was chosen, with which probability, and what it brought; the target policy
// says how likely it would have chosen each action there.
//
//     PolicyLog log;
//     for (…) ATTUNE_TRY_VOID(log.add(line));          // a JSON line, as `attune eval policy` reads
//     ATTUNE_TRY(const auto report, log.evaluate({}));
//     report.estimators.snips.value, .ci, report.warnings
//
// Estimators, with w = target probability / propensity and q̂ a model of the reward:
//   dm         Σ π(a)·q̂(a): no weights, but as wrong as its model
//   ips        mean of w·r: unbiased, noisy (Horvitz and Thompson 1952)
//   snips      Σ w·r / Σ w: a little biased, much less noisy (Swaminathan and Joachims 2015)
//   dr         dm + w·(r − q̂): unbiased, and less noisy the better the model (Dudík et al. 2011)
//   switch_dr  dr, but only dm where w is above a threshold (Wang, Agarwal and Dudík 2017); the
//              threshold is the one with the least estimated error, unless it is given
//
// q̂ is fitted on other rows than those it is used on (three folds), or dr would be biased by it.
// Intervals are empirical-likelihood ones (likelihood_interval.h); that of dm counts how far the rewards
// it was fitted on could move it, but not how wrong the form of the model is.
//
// What the log cannot tell is said loudly, in `warnings`, by code:
//   few_effective_rows   the weights are so uneven that hardly any row counts
//   one_row_dominates    a single row has more than a twentieth of all weight
//   missing_support      the target chooses what the log never shows: no estimator can know it
//   no_variation         the rewards do not vary where it matters; there is no interval
//
// Not thread-safe. Memory: per row the distinct context entries and the target's actions.
#pragma once

#include "base/describe.h"
#include "base/json_document.h"
#include "base/keyed_hash.h"
#include "base/result.h"
#include "learn/policy/context_features.h"

#include <boost/describe/class.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace attune::learn {

struct PolicyOptions {
    double alpha = 0.05;
    std::optional<double> switch_at;  // above 0; rows with a larger weight take the model alone
};

struct PolicyEstimate {
    double value = 0;
    // Empty when the rows do not vary.
    std::optional<std::array<double, 2>> ci;
    double standard_error = 0;
    double effective_sample_size = 0;
};
BOOST_DESCRIBE_STRUCT(PolicyEstimate, (), (value, ci, standard_error, effective_sample_size))

struct PolicyEstimates {
    PolicyEstimate dm;
    PolicyEstimate ips;
    PolicyEstimate snips;
    PolicyEstimate dr;
    PolicyEstimate switch_dr;
};
BOOST_DESCRIBE_STRUCT(PolicyEstimates, (), (dm, ips, snips, dr, switch_dr))

struct PolicyWarning {
    std::string code;
    std::string message;
};
BOOST_DESCRIBE_STRUCT(PolicyWarning, (), (code, message))

struct PolicyReport {
    std::uint64_t rows = 0;
    PolicyEstimate logged;  // what the policy that ran did earn
    PolicyEstimates estimators;
    double effective_sample_size = 0;  // (Σw)² / Σw²
    double weight_mean = 0;            // near 1 when all is well
    double weight_max = 0;
    double unseen_share = 0;  // of the target's choices: actions that the log never shows
    double switch_at = 0;
    std::vector<PolicyWarning> warnings;
};
BOOST_DESCRIBE_STRUCT(PolicyReport, (),
                      (rows, logged, estimators, effective_sample_size, weight_mean, weight_max,
                       unseen_share, switch_at, warnings))

// One decision, as the caller holds it; nothing is kept but numbers and the context's entries.
struct LoggedDecision {
    std::optional<base::JsonView> context;
    std::string_view action;
    double reward = 0;
    double propensity = 1;
    // The probabilities with which the policy to judge would have chosen here.
    std::span<const std::pair<std::string_view, double>> target;
};

class PolicyLog {
public:
    static constexpr std::size_t kRowsMax = 2'000'000;
    static constexpr std::size_t kActionsMax = 10'000;
    static constexpr std::size_t kTargetsMax = 20'000'000;  // over all rows

    // Fails (invalid_argument) naming the member when the propensity is not above 0 and at most 1, the
    // target's probabilities are negative or do not sum to 1 within a thousandth, or a reward is not
    // finite or beyond 1e50; resource_exhausted at the limits. A decision that fails leaves no row.
    [[nodiscard]] Result<void> add(const LoggedDecision& decision);
    // {"context": any, "action": "a", "reward": 1, "propensity": 0.25, "target": {"a": 0.5, "b": 0.5}}
    // Actions are strings, or whole numbers that stand for their digits.
    [[nodiscard]] Result<void> add(base::JsonView line);

    [[nodiscard]] std::size_t rows() const { return rewards_.size(); }

    // Fails when there are fewer than 2 rows or an option is out of bounds.
    [[nodiscard]] Result<PolicyReport> evaluate(const PolicyOptions& options);

private:
    friend class RewardModel;
    struct TargetEntry {
        std::uint32_t action = 0;
        double probability = 0;
    };

    Result<std::uint32_t> action_number(std::string_view name);
    [[nodiscard]] std::span<const TargetEntry> targets_of(std::size_t row) const;
    [[nodiscard]] double unseen_share() const;

    base::KeyedMap<std::string, std::uint32_t> action_numbers_;
    std::vector<std::uint32_t> actions_;
    std::vector<double> rewards_;
    std::vector<double> weights_;
    std::vector<TargetEntry> targets_;
    std::vector<std::uint64_t> target_ends_;
    ContextFeatures features_;
};

}  // namespace attune::learn
