// Comparing a treatment with a control from sufficient statistics: how large the effect is, how sure
// that is, and what deciding now would risk.
//
//     ComparisonRequest request{.metric = Metric::proportion, .method = Method::sequential,
//                               .control = {.n = 10'000, .sum = 900},
//                               .treatment = {.n = 10'000, .sum = 1'003}};
//     auto answer = compare(request);       // effect 0.114, an interval that may be looked at daily
//
// The three methods share the effect and its standard error and differ in what they promise:
//   frequentist  Welch's t. Right 95 times in 100, if looked at once, when the planned number is in.
//   sequential   asymptotic confidence sequences (Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas,
//                "Time-uniform central limit theory and asymptotic confidence sequences",
//                arXiv:2103.06476). Right at all times at once, so anybody may peek and stop.
//   bayesian     a Gaussian posterior of the effect, flat or with a Gaussian prior.
// Arithmetic and conventions are those of GrowthBook's gbstats, whose published vectors are tests.
//
// Pure functions, any thread. What cannot be answered (too few people, no variance, a control whose
// mean is zero under a relative effect) is invalid_argument naming the member; no answer ever holds
// a NaN. The structs are the wire form of `attune stats`.
#pragma once

#include "base/describe.h"
#include "base/result.h"
#include "learn/stats/sample_sums.h"

#include <array>
#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>
#include <cstdint>
#include <optional>

namespace attune::learn {

BOOST_DEFINE_ENUM_CLASS(Metric, mean, proportion, ratio, quantile)
BOOST_DEFINE_ENUM_CLASS(Method, frequentist, bayesian, sequential)

// Which differences count. `two-sided` on the wire.
enum class Direction : std::uint8_t { two_sided, greater, less };
struct Alternative {
    Direction direction = Direction::two_sided;
    [[nodiscard]] std::string to_text() const;
    [[nodiscard]] static std::optional<Alternative> from_text(std::string_view text);
    bool operator==(const Alternative&) const = default;
};

// Sums of products of two variables, for a ratio that is adjusted by a ratio (all six are needed).
// With one second variable, `cross_sum` says it all.
struct CrossSums {
    std::optional<double> value_denominator;
    std::optional<double> value_covariate;
    std::optional<double> value_covariate_denominator;
    std::optional<double> denominator_covariate;
    std::optional<double> denominator_covariate_denominator;
    std::optional<double> covariate_covariate_denominator;
};
BOOST_DESCRIBE_STRUCT(CrossSums, (),
                      (value_denominator, value_covariate, value_covariate_denominator,
                       denominator_covariate, denominator_covariate_denominator,
                       covariate_covariate_denominator))

// One variant. Which members are needed follows from the metric.
struct Sample {
    std::uint64_t n = 0;
    std::optional<double> sum;
    std::optional<double> sum_squares;      // of a mean or a ratio; a proportion's are its sum
    std::optional<double> denominator_sum;  // of a ratio
    std::optional<double> denominator_sum_squares;
    std::optional<double> covariate_sum;  // CUPED: the same people before the experiment
    std::optional<double> covariate_sum_squares;
    std::optional<double> covariate_denominator_sum;  // CUPED of a ratio
    std::optional<double> covariate_denominator_sum_squares;
    std::optional<double> cross_sum;  // Σ value × denominator of a ratio, else Σ value × covariate
    std::optional<CrossSums> cross_sums;
    // Of a quantile: its estimate, and the sample's quantiles at the ends of its 95 % interval for
    // the rank, as computed for `n_star` people (n, when left out).
    std::optional<double> quantile;
    std::optional<double> quantile_lower;
    std::optional<double> quantile_upper;
    std::optional<std::uint64_t> n_star;
};
BOOST_DESCRIBE_STRUCT(Sample, (),
                      (n, sum, sum_squares, denominator_sum, denominator_sum_squares, covariate_sum,
                       covariate_sum_squares, covariate_denominator_sum,
                       covariate_denominator_sum_squares, cross_sum, cross_sums, quantile,
                       quantile_lower, quantile_upper, n_star))

// What was believed about the effect before the data. `relative`: the prior speaks of the lift, and
// is scaled by the control's mean when the answer is absolute; false: of the plain difference.
// `proper`: false means a flat prior, as having none does.
struct GaussianPrior {
    double mean = 0;
    double variance = 1;
    bool relative = true;
    bool proper = true;
};
BOOST_DESCRIBE_STRUCT(GaussianPrior, (), (mean, variance, relative, proper))

inline constexpr double kTuning = 5'000;

struct ComparisonRequest {
    Metric metric = Metric::mean;
    Method method = Method::frequentist;
    bool relative = true;  // the effect as a share of the control's mean
    Alternative alternative;
    double alpha = 0.05;
    // Sequential: the number of people (of both variants) at which the interval shall be tightest.
    // 5,000 when left out.
    std::optional<double> tuning;
    std::optional<GaussianPrior> prior;    // Bayesian; none is flat
    std::optional<double> quantile_level;  // of a quantile: 0.9 is the 90th percentile
    Sample control;
    Sample treatment;
};
BOOST_DESCRIBE_STRUCT(ComparisonRequest, (),
                      (metric, method, relative, alternative, alpha, tuning, prior, quantile_level,
                       control, treatment))

struct Comparison {
    double effect = 0;
    // An end that is open (of a one-sided interval) is empty.
    std::array<std::optional<double>, 2> ci;
    double standard_error = 0;
    std::optional<double> p_value;        // frequentist and sequential
    std::optional<double> chance_to_win;  // Bayesian: that the treatment is better
    // Bayesian: what is lost on average by choosing wrongly, for [control, treatment].
    std::optional<std::array<double, 2>> risk;
};
BOOST_DESCRIBE_STRUCT(Comparison, (), (effect, ci, standard_error, p_value, chance_to_win, risk))

// Under the alternative `less`, lower is better: the Bayesian chance and risks are of that, and the
// frequentist interval is open below.
[[nodiscard]] Result<Comparison> compare(const ComparisonRequest& request);

// The same from sums that were gathered here. `request.control` and `.treatment` are not looked at.
// With `adjusted`, the covariates are used.
[[nodiscard]] Result<Comparison> compare(const ComparisonRequest& request,
                                         const SampleSums& control, const SampleSums& treatment,
                                         bool adjusted);

// Whether an effect is another one than it was: the second's less the first's, for people who are in one of the two
// only. The answer is sequential, whatever the method of the request; `people` are those of both comparisons.
[[nodiscard]] Comparison change_of_effect(const ComparisonRequest& request, const Comparison& first,
                                          const Comparison& second, double people);

// Whether a variant's sums are enough for sequential intervals to be shown. They are asymptotic: among
// the first few dozen people variances are guesses, and whoever looks then is wrong too often (of A/A
// tests with CUPED over 2,000 people one in five, learn/trials). From here on it is at most one in
// twenty-five. A proportion needs 25 who did it and 25 who did not; a mean or a ratio 100 people, whose
// values are spread as if 25 had all of them, unless they are 5,000.
[[nodiscard]] bool is_enough_to_watch(Metric metric, const SampleSums& sums);
// Whether two variants' are: each by itself, or, since few in one of them may be what the other changed, twice as much in both
// together. Where there is no effect the one is hardly sooner than the other.
[[nodiscard]] bool is_enough_to_compare(Metric metric, const SampleSums& control,
                                        const SampleSums& treatment);

}  // namespace attune::learn

template <>
struct attune::base::Fields<attune::learn::GaussianPrior> {
    static constexpr FieldRule rules[] = {{.name = "mean", .optional = true},
                                          {.name = "variance", .optional = true},
                                          {.name = "relative", .optional = true},
                                          {.name = "proper", .optional = true}};
};
template <>
struct attune::base::Fields<attune::learn::ComparisonRequest> {
    static constexpr FieldRule rules[] = {{.name = "method", .optional = true},
                                          {.name = "relative", .optional = true},
                                          {.name = "alternative", .optional = true},
                                          {.name = "alpha", .optional = true}};
};
