// Experiment: a question put to the people themselves. Who it is about is split by chance over variants; what they do
// afterwards, measured by metrics that were named before, answers it.
//
// It is a draft until it starts. While it runs, and while it is paused, the split stays what it was for everybody who was
// part of it. Once concluded it is history: nobody is assigned any more, and a new question is a new experiment.
#pragma once

#include "base/json_text.h"
#include "base/time.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace attune::domain {

// What is assigned, and what results count.
enum class ExperimentUnit : std::uint8_t { person, session, group };

enum class ExperimentStatus : std::uint8_t { draft, running, paused, concluded };

struct ExperimentVariant {
    std::string name;
    double weight = 0;      // of those who take part; all sum to 1
    base::JsonText config;  // an object, merged into the configuration
};

enum class MetricKind : std::uint8_t {
    conversion,  // the share of units with at least one event
    count,       // events a unit
    sum,         // of the events' values, a unit
    ratio,       // of two such sums: the event's over the denominator's
    retention,   // the share of units with an event when some time has passed since they came in
    quantile,    // of the units' sums, among those who have one
};

enum class MetricRole : std::uint8_t {
    primary,    // the question
    secondary,  // what else is to be learned
    guardrail,  // what must not get worse
};

// Which of a unit's events within the window answer its exposure.
enum class MetricAttribution : std::uint8_t {
    after_exposure,  // all
    decision,        // those that name, by decision_id, a decision in which the unit was exposed
    same_session,    // those of a session in which it was exposed, from the exposure on
};

struct ExperimentMetric {
    std::string name;
    MetricRole role = MetricRole::secondary;
    MetricKind kind = MetricKind::conversion;
    std::string event;  // whose occurrences (or values) count
    // Events count from the unit's first exposure (a retention: from `after_seconds` after it) for so long.
    std::uint64_t window_seconds = 7 * 86'400;
    std::optional<std::uint64_t> after_seconds;
    std::optional<std::string>
        denominator;                 // of a ratio: an event; where it has no value, it counts 1
    std::optional<double> quantile;  // of a quantile: 0.9 is the 90th percentile
    std::optional<double> cap;       // a unit's sum counts up to this much
    // The same metric over so long before the exposure explains away what was different before (CUPED).
    std::optional<std::uint64_t> covariate_seconds;
    bool lower_is_better = false;
    MetricAttribution attribution = MetricAttribution::after_exposure;  // the covariate is of all
};

// What is known beforehand, from which the people that are needed are computed.
struct ExperimentPlan {
    double baseline_mean = 0;                  // of the primary metric, without any change
    std::optional<double> baseline_deviation;  // of a unit's value; a proportion's follows
    double alpha = 0.05;
    double power = 0.8;
    std::optional<std::uint64_t> units_needed;  // of all variants; written when it starts
};

enum class BanditStrategy : std::uint8_t {
    thompson,         // the chance that a variant is the best one
    epsilon_greedy,   // the best so far, and now and then any
    ucb,              // the one that may be the best, seen kindly
    lin_ucb,          // the same, by what is known of who asks
    linear_thompson,  // the chance of being the best, by what is known of who asks
};

// What lets an experiment move its weights by itself, towards what brings more of the primary metric.
struct ExperimentBandit {
    BanditStrategy strategy = BanditStrategy::thompson;
    double epsilon = 0.1;             // of epsilon_greedy
    double floor = 0.02;              // no variant is less likely
    std::uint64_t begin_units = 100;  // drawn by the weights before anything is concluded
    std::optional<std::uint64_t> half_life_seconds;  // of what was seen; none: nothing fades
    // A unit says nothing before so much time has passed: rewards that take a while are no failures yet.
    std::uint64_t delay_seconds = 0;
    // Paths into what conditions see: "context.device". The linear strategies learn from them; all log them.
    std::vector<std::string> features;
};

// Of a layer's hash space, in ten-thousandths: `from` and what lies before `until`.
struct LayerRoom {
    std::uint32_t from = 0;
    std::uint32_t until = 0;

    bool operator==(const LayerRoom&) const = default;
};

struct Experiment {
    std::string name;
    std::string hypothesis;
    ExperimentUnit unit = ExperimentUnit::person;
    base::JsonText audience;            // JSONLogic; left out: everybody
    std::vector<std::string> contexts;  // "checkout"; none: everywhere
    // Experiments of one layer never share a unit. Without one, an experiment is a layer of its own.
    std::optional<std::string> layer;
    double traffic = 1;                       // the share of the layer that it takes
    double holdout = 0;                       // of its units: kept as they are, and counted
    std::vector<ExperimentVariant> variants;  // the first is what the others are compared with
    std::vector<ExperimentMetric> metrics;
    double minimum_effect = 0;  // of the primary metric, relative: less would change nothing
    std::optional<ExperimentPlan> plan;
    std::optional<ExperimentBandit> bandit;  // weights are where it begins
    std::map<std::string, std::string>
        overrides;  // for trying out: who is given which variant, uncounted
    std::optional<std::string> owner;
    std::vector<std::string> tags;

    // Written by the server alone.
    ExperimentStatus status = ExperimentStatus::draft;
    std::vector<LayerRoom> room;  // from the start until it is concluded
    std::optional<base::Time> started_at;
    std::optional<base::Time> concluded_at;
    std::optional<std::string> winner;  // as those who concluded it say
};

}  // namespace attune::domain
