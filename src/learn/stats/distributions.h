// The distributions that tests and intervals read their tails from. Upper tails are computed as
// such, not as 1 − cdf, so that a p-value of 1e-30 stays one. Pure functions; any thread.
//
// Arguments are checked by the callers: a degree of freedom is positive, a probability lies
// strictly between 0 and 1.
#pragma once

namespace attune::learn {

// P(Z ≤ z) and P(Z > z) of the standard normal.
[[nodiscard]] double normal_cdf(double z);
[[nodiscard]] double normal_upper(double z);
[[nodiscard]] double normal_density(double z);
// z with P(Z ≤ z) = probability.
[[nodiscard]] double normal_quantile(double probability);
// z with P(Z > z) = probability; precise where `probability` is tiny.
[[nodiscard]] double normal_upper_quantile(double probability);

// Student's t with real degrees of freedom, as Welch's approximation needs them.
[[nodiscard]] double student_upper(double t, double degrees);
[[nodiscard]] double student_upper_quantile(double probability, double degrees);
// P(T > t) of the noncentral t: what the power of a t test is read from.
[[nodiscard]] double noncentral_student_upper(double t, double degrees, double noncentrality);

[[nodiscard]] double chi_square_upper(double value, double degrees);

}  // namespace attune::learn
