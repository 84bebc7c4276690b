#include "learn/policy/likelihood_interval.h"

#include "base/random.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace attune::learn {
namespace {

constexpr double kManyRows = 1e9;  // Student's quantile is the normal's

std::vector<double> rewards() {
    std::vector<double> values(20, 0.0);
    values.insert(values.end(), {1.2, 0.4, 3.5, 0.9, 7.1});
    return values;
}

// statsmodels 0.14: sm.emplike.DescStat(x).ci_mean() for twenty zeros and 1.2, .4, 3.5, .9, 7.1.
TEST(LikelihoodInterval, AgreesWithStatsmodels) {
    const auto values = rewards();
    const std::vector<double> ones(values.size(), 1.0);
    const auto estimate = estimate_ratio(values, ones, 0.05, kManyRows);
    EXPECT_DOUBLE_EQ(estimate.value, 13.1 / 25);
    ASSERT_TRUE(estimate.interval);
    EXPECT_NEAR((*estimate.interval)[0], 0.1486239265502147, 1e-4);
    EXPECT_NEAR((*estimate.interval)[1], 1.410796591133892, 1e-4);
}

TEST(LikelihoodInterval, LeansToTheSideOfTheLongTail) {
    const auto values = rewards();
    const std::vector<double> ones(values.size(), 1.0);
    const auto estimate = estimate_ratio(values, ones, 0.05, kManyRows);
    const auto [low, high] = *estimate.interval;
    EXPECT_GT(low, 0);
    EXPECT_GT(high - estimate.value, 1.5 * (estimate.value - low));
}

TEST(LikelihoodInterval, WeightsOfARatioCountRowsMoreThanOnce) {
    const std::vector<double> values{0, 1, 0, 1, 1, 0};
    const std::vector<double> ones(6, 1.0);
    const std::vector<double> weights{2, 1, 1, 1, 3, 1};
    std::vector<double> weighted;
    for (std::size_t i = 0; i < 6; ++i) weighted.push_back(weights[i] * values[i]);
    EXPECT_DOUBLE_EQ(estimate_ratio(weighted, weights, 0.05, 6).value, 5.0 / 9);
    EXPECT_DOUBLE_EQ(estimate_ratio(values, ones, 0.05, 6).value, 0.5);
}

TEST(LikelihoodInterval, RowsThatDoNotVaryGiveNone) {
    const std::vector<double> zeros(10, 0.0);
    const std::vector<double> tenths(10, 0.1);
    const std::vector<double> ones(10, 1.0);
    EXPECT_FALSE(estimate_ratio(zeros, ones, 0.05, 10).interval);
    EXPECT_FALSE(estimate_ratio(tenths, ones, 0.05, 10).interval);
    EXPECT_EQ(estimate_ratio(zeros, ones, 0.05, 10).standard_error, 0);
}

// Rewards of one in twenty with weights from 0.2 to 5: the shape of a log. The claim is 95 %.
TEST(LikelihoodInterval, CoversTheTruthOfSkewedRows) {
    base::SeededRandom random(17);
    constexpr int kRuns = 400;
    constexpr int kRows = 400;
    int covered = 0;
    for (int run = 0; run < kRuns; ++run) {
        std::vector<double> values;
        for (int i = 0; i < kRows; ++i) {
            const double weight = random.unit() < 0.8 ? 0.2 : 4.2;  // 1 on average
            values.push_back(random.unit() < 0.05 ? weight : 0);
        }
        const std::vector<double> ones(kRows, 1.0);
        const auto [low, high] = *estimate_ratio(values, ones, 0.05, kRows / 4.0).interval;
        covered += low <= 0.05 && 0.05 <= high ? 1 : 0;
    }
    EXPECT_GE(covered, 0.92 * kRuns);
    EXPECT_LE(covered, 0.98 * kRuns);
}

}  // namespace
}  // namespace attune::learn
