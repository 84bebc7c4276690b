#include "learn/stats/distributions.h"

#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/non_central_t.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <numbers>

namespace attune::learn {

namespace {

using boost::math::complement;

// Boost.Math as we want it: no exceptions (a bad argument is our bug and shows as NaN in a test),
// and double in, double out.
using Policy = boost::math::policies::policy<
    boost::math::policies::domain_error<boost::math::policies::ignore_error>,
    boost::math::policies::pole_error<boost::math::policies::ignore_error>,
    boost::math::policies::overflow_error<boost::math::policies::ignore_error>,
    boost::math::policies::evaluation_error<boost::math::policies::ignore_error>>;
using Normal = boost::math::normal_distribution<double, Policy>;
using Student = boost::math::students_t_distribution<double, Policy>;
using NoncentralStudent = boost::math::non_central_t_distribution<double, Policy>;
using ChiSquared = boost::math::chi_squared_distribution<double, Policy>;

// Above this the noncentral t series converge slowly, and the normal approximation of a t statistic
// is right to better than six digits.
constexpr double kNormalFromDegrees = 1e5;

}  // namespace

double normal_cdf(double z) { return 0.5 * std::erfc(-z / std::numbers::sqrt2); }
double normal_upper(double z) { return 0.5 * std::erfc(z / std::numbers::sqrt2); }
double normal_density(double z) {
    return std::exp(-0.5 * z * z) * std::numbers::inv_sqrtpi / std::numbers::sqrt2;
}
double normal_quantile(double probability) { return quantile(Normal(), probability); }
double normal_upper_quantile(double probability) {
    return quantile(complement(Normal(), probability));
}

double student_upper(double t, double degrees) { return cdf(complement(Student(degrees), t)); }
double student_upper_quantile(double probability, double degrees) {
    return quantile(complement(Student(degrees), probability));
}
double noncentral_student_upper(double t, double degrees, double noncentrality) {
    if (degrees > kNormalFromDegrees) return normal_upper(t - noncentrality);
    return cdf(complement(NoncentralStudent(degrees, noncentrality), t));
}

double chi_square_upper(double value, double degrees) {
    return cdf(complement(ChiSquared(degrees), value));
}

}  // namespace attune::learn
