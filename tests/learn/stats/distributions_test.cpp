// Against SciPy 1.17.1: norm.sf(10), norm.isf(1e-12), t.sf(8.5, 12.5), t.isf(1e-9, 7.25),
// chi2.sf(90, 3), nct.sf(2.0, 9.5, 1.25).
#include "learn/stats/distributions.h"

#include <gtest/gtest.h>

namespace attune::learn {
namespace {

void expect_ratio(double value, double reference) {
    EXPECT_NEAR(value / reference, 1, 1e-10) << value << " " << reference;
}

TEST(Distributions, AgreeWithSciPyFarOutInTheTails) {
    expect_ratio(normal_upper(10), 7.61985302416047e-24);
    expect_ratio(normal_upper_quantile(1e-12), 7.034483825301131);
    expect_ratio(student_upper(8.5, 12.5), 7.5541969941093e-07);
    expect_ratio(student_upper_quantile(1e-9, 7.25), 35.81102082151911);
    expect_ratio(chi_square_upper(90, 3), 2.190570119285308e-19);
    expect_ratio(noncentral_student_upper(2.0, 9.5, 1.25), 0.2629230294061914);
}

TEST(Distributions, QuantilesUndoProbabilities) {
    for (const double p : {1e-10, 0.025, 0.4, 0.5, 0.9, 0.999999}) {
        EXPECT_NEAR(normal_cdf(normal_quantile(p)) / p, 1, 1e-12);
        EXPECT_NEAR(normal_upper(normal_upper_quantile(p)) / p, 1, 1e-12);
        EXPECT_NEAR(student_upper(student_upper_quantile(p, 4.5), 4.5) / p, 1, 1e-10);
    }
}

TEST(Distributions, NoncentralStudentMeetsTheNormalWhereItIsReplacedByIt) {
    EXPECT_NEAR(noncentral_student_upper(2, 0.99e5, 2.5), noncentral_student_upper(2, 1.01e5, 2.5),
                1e-5);
}

}  // namespace
}  // namespace attune::learn
