// Results: what an experiment has shown so far, from its tally; and what to make of it.
//
// Every number of it follows from the counts that stand beside it: `attune stats` gives the same answer for the same sums.
// Three methods answer each comparison; the sequential one is what the verdict is read from, since it holds however often
// somebody looks. Over the variants the primary metric's and the guardrails' p-values are adjusted by Holm, those of
// secondary metrics by Benjamini and Hochberg.
//
// Pure functions; the structs are the wire form.
#pragma once

#include "base/result.h"
#include "engine/experiment/bandit_results.h"
#include "engine/experiment/compiled_experiment.h"
#include "engine/experiment/tally.h"
#include "learn/stats/comparison.h"

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace attune::engine {

struct ArmCount {
    std::string name;
    std::uint64_t units = 0;
    double expected = 0;  // by the weights with which they were drawn
};

// Whether the variants got the units that they should have; below 0.001 something lost or doubled some.
struct SampleRatioCheck {
    double chi_square = 0;
    double p_value = 1;
    bool is_suspicious = false;
};

struct ArmMetric {
    std::string name;
    learn::Sample sums;
    std::optional<double> mean;  // the ratio, the quantile
};

// Whether an effect fades: that of the units that were exposed first, and that of those who came later. Of units whose window
// was over when the newest one came.
struct NoveltyCheck {
    std::optional<double> early;  // relative to the control, as all effects are
    std::optional<double> late;
    std::optional<double> p_value;  // that they are the same; holds however often somebody looks
    bool is_fading = false;
    std::optional<std::string> problem;  // why nothing can be said yet
};

// A variant against the control.
struct ArmComparison {
    std::string name;
    std::optional<learn::Comparison> sequential;
    std::optional<learn::Comparison> frequentist;
    std::optional<learn::Comparison> bayesian;
    std::optional<double> adjusted_p_value;  // the sequential one, among its family
    std::string direction;                   // "better", "worse" or "unclear"
    std::optional<NoveltyCheck> novelty;     // of the primary metric
    std::optional<std::string> problem;      // why there is no comparison yet
};

struct MetricResult {
    std::string name;
    domain::MetricRole role = domain::MetricRole::secondary;
    domain::MetricKind kind = domain::MetricKind::conversion;
    bool is_adjusted = false;  // by its covariate
    std::vector<ArmMetric> arms;
    std::vector<ArmComparison> comparisons;
};

struct Verdict {
    // "ship", "stop", "no_effect", "continue", or "check": the counts cannot be trusted. Of a bandit: "shift", towards
    // the variant.
    std::string decision;
    std::optional<std::string> variant;
    std::optional<double>
        risk;  // what shipping it now loses on average, relative to the control, if that is wrong
    std::string reason;
};

// Of the units that were in a segment at their first exposure.
struct SegmentResult {
    std::string segment_id;
    std::uint64_t units = 0;
    std::vector<MetricResult> metrics;  // adjusted over the segments, each metric by itself
};

struct ExperimentResults {
    std::string id;
    domain::ExperimentStatus status = domain::ExperimentStatus::draft;
    bool is_current = true;  // false: the log is still being read
    std::uint64_t units = 0;
    std::optional<std::uint64_t> units_needed;
    double alpha = 0.05;
    std::vector<ArmCount> arms;
    SampleRatioCheck sample_ratio;
    std::vector<MetricResult> metrics;
    Verdict verdict;
    std::optional<std::vector<SegmentResult>> segments;  // where that was asked for
    std::optional<BanditResults> bandit;  // of an experiment that moves its weights itself
};

// The weights of the variants by version of the definition; those of other versions are taken to be today's.
using WeightsByVersion = std::map<std::uint64_t, std::vector<double>>;

[[nodiscard]] Result<ExperimentResults> results_of(std::string id,
                                                   const domain::Experiment& definition,
                                                   const Tally& tally,
                                                   const WeightsByVersion& weights);

// The same of those in each of the segments with the most units, most first. For a second look: where something shows there,
// it is a question for another experiment.
inline constexpr std::size_t kSegmentResultsMax = 20;
[[nodiscard]] std::vector<SegmentResult> results_by_segment(const domain::Experiment& definition,
                                                            const Tally& tally);

// What the counts are taken to mean. Internal; here for its tests.
[[nodiscard]] Verdict verdict_of(const domain::Experiment& experiment,
                                 const ExperimentResults& results);

}  // namespace attune::engine
