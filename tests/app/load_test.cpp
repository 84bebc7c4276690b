#include "app/load.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace attune::app {
namespace {

TEST(LatencyHistogram, PercentilesAreWithinAThirtiethOfTheTruth) {
    LatencyHistogram histogram;
    std::vector<std::int64_t> values;
    std::uint64_t state = 1;
    for (int i = 0; i < 100'000; ++i) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        values.push_back(
            static_cast<std::int64_t>(std::exp(static_cast<double>(state >> 40) / (1 << 24) * 16)));
        histogram.add(values.back());
    }
    std::ranges::sort(values);
    EXPECT_EQ(histogram.count(), values.size());
    EXPECT_EQ(histogram.largest(), values.back());
    for (const double p : {0.01, 0.5, 0.9, 0.99, 0.999}) {
        const auto truth =
            static_cast<double>(values[static_cast<std::size_t>(std::ceil(p * 100'000)) - 1]);
        const auto found = static_cast<double>(histogram.percentile(p));
        EXPECT_GE(found, truth) << p;
        EXPECT_LE(found, truth * 1.04 + 1) << p;
    }
    EXPECT_EQ(histogram.percentile(1), values.back());
}

TEST(LatencyHistogram, EmptyAndExtremeValuesAreSafe) {
    LatencyHistogram histogram;
    EXPECT_EQ(histogram.percentile(0.99), 0);
    histogram.add(-5);
    histogram.add(INT64_MAX);
    EXPECT_EQ(histogram.largest(), INT64_MAX);
    EXPECT_EQ(histogram.percentile(0.5), 0);
    EXPECT_GT(histogram.percentile(1), 0);
}

}  // namespace
}  // namespace attune::app
