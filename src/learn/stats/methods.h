// The three ways from an effect and its standard error to an interval and a verdict. Internal to
// stats; comparison.h says what each promises.
#pragma once

#include "learn/stats/comparison.h"

namespace attune::learn {

struct Effect {
    double estimate = 0;
    double standard_error = 0;
    double degrees = 0;       // Welch–Satterthwaite
    double people = 0;        // of both variants
    double control_mean = 0;  // unadjusted
};

[[nodiscard]] Comparison frequentist(const Effect& effect, const ComparisonRequest& request);
[[nodiscard]] Comparison sequential(const Effect& effect, const ComparisonRequest& request);
[[nodiscard]] Result<Comparison> bayesian(const Effect& effect, const ComparisonRequest& request);

// The half width of the sequential interval in standard errors, after `people` of both variants.
[[nodiscard]] double sequential_critical(double people, double alpha, double tuning,
                                         bool two_sided);

}  // namespace attune::learn
