#include "learn/stats/quantile.h"

#include "base/random.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace attune::learn {
namespace {

// numpy.quantile(x, [.75, .75 - d, .75 + d]) with d = 1.959963984540054 * sqrt(.75 * .25 / 20) for
// x = (7 i² mod 101) / 10, i = 0 … 19.
TEST(Quantile, AgreesWithNumpy) {
    std::vector<double> values;
    for (int i = 0; i < 20; ++i) values.push_back((7 * i * i % 101) / 10.0);
    const auto sample = quantile_sample(values, 0.75);
    ASSERT_TRUE(sample);
    EXPECT_EQ(sample->n, 20u);
    EXPECT_NEAR(*sample->quantile, 6.525, 1e-12);
    EXPECT_NEAR(*sample->quantile_lower, 5.579886885023541, 1e-12);
    EXPECT_NEAR(*sample->quantile_upper, 9.125794353839193, 1e-12);
}

TEST(Quantile, RefusesWhatHasNone) {
    std::vector<double> values{1, 2, 3};
    std::vector<double> broken{1, NAN};
    EXPECT_FALSE(quantile_sample(values, 0));
    EXPECT_FALSE(quantile_sample(values, 1));
    EXPECT_FALSE(quantile_sample({}, 0.5));
    EXPECT_FALSE(quantile_sample(broken, 0.5));
    EXPECT_EQ(*quantile_sample(values, 0.5)->quantile, 2);
}

// Waiting times, exponentially distributed; the two variants are alike.
TEST(Quantile, IntervalsOfTheMedianAndTheTailCover) {
    for (const double level : {0.5, 0.9}) {
        base::SeededRandom random(23);
        constexpr int kRuns = 1'000;
        int wrong = 0;
        for (int run = 0; run < kRuns; ++run) {
            const auto variant = [&] {
                std::vector<double> values(500);
                for (double& value : values) value = -std::log1p(-random.unit());
                return *quantile_sample(values, level);
            };
            const ComparisonRequest request{.metric = Metric::quantile,
                                            .quantile_level = level,
                                            .control = variant(),
                                            .treatment = variant()};
            wrong += *compare(request)->p_value < 0.05 ? 1 : 0;
        }
        EXPECT_NEAR(static_cast<double>(wrong) / kRuns, 0.05, 0.02) << level;
    }
}

}  // namespace
}  // namespace attune::learn
