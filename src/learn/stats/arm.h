// Arm: what one variant's sample says about the metric, whatever the metric is: a mean, how it
// varies between people, and how many they are. Internal to stats.
#pragma once

#include "learn/stats/comparison.h"

namespace attune::learn {

struct Arm {
    double n = 0;
    double mean = 0;             // adjusted by the covariate where there is one
    double unadjusted_mean = 0;  // what relative effects are relative to
    double variance = 0;         // of one person's contribution; that of `mean` is this over n
};

struct Arms {
    Arm control;
    Arm treatment;
    // What the control's person contributes to the variance of a relative effect, before the
    // division by its mean squared. Not simply `control.variance` times the quotient squared: the
    // baseline that is divided by is not adjusted, so the quotient multiplies the metric's own
    // spread and not the covariate's.
    double relative_control_variance = 0;
};

// Reads the wire form; errors name the member beneath /control or /treatment.
[[nodiscard]] Result<SampleSums> sums_of(const Sample& sample, Metric metric, const char* where);

// Of means, proportions and ratios. Both variants at once, since CUPED's coefficient is shared.
[[nodiscard]] Result<Arms> arms_of_sums(Metric metric, const SampleSums& control,
                                        const SampleSums& treatment, bool adjusted);
[[nodiscard]] Result<Arms> arms_of_quantiles(const ComparisonRequest& request);

}  // namespace attune::learn
