#include "learn/content/k_means.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <set>

namespace attune::learn {
namespace {

Clustering found(std::span<const float> rows, std::size_t dimensions, ClusteringShape shape,
                 Training training = {}) {
    auto out = k_means(rows, dimensions, shape, training);
    EXPECT_TRUE(out);
    return *std::move(out);
}

TEST(KMeans, FindsTheMiddlesOfTwoHeapsAsByHand) {
    const std::vector<float> rows{1, 1, 3, 1, 11, 5, 11, 7};  // four points in the plane
    const Clustering out = found(rows, 2, {.clusters = 2});
    EXPECT_EQ(out.of[0], out.of[1]);
    EXPECT_EQ(out.of[2], out.of[3]);
    EXPECT_NE(out.of[0], out.of[2]);
    const std::size_t low = std::size_t{out.of[0]} * 2;
    EXPECT_EQ(out.centres[low], 2);
    EXPECT_EQ(out.centres[low + 1], 1);
    EXPECT_EQ(out.spread, 4);
}

TEST(KMeans, FindsWhatIsApartFromAnyStart) {
    std::vector<float> rows;
    std::mt19937 random(5);
    for (int i = 0; i < 400; ++i) {
        const float heap = static_cast<float>(i % 8) * 100;
        for (int d = 0; d < 3; ++d) rows.push_back(heap + static_cast<float>(random() % 10));
    }
    for (std::uint64_t seed = 0; seed < 10; ++seed) {
        const Clustering out = found(rows, 3, {.clusters = 8}, {.seed = seed});
        for (std::size_t i = 8; i < 400; ++i) EXPECT_EQ(out.of[i], out.of[i % 8]) << seed;
        EXPECT_EQ(std::set(out.of.begin(), out.of.end()).size(), 8U);
    }
}

TEST(KMeans, IsTheSameForAnyNumberOfThreads) {
    std::vector<float> rows(6'000);
    std::mt19937 random(3);
    for (float& value : rows) value = static_cast<float>(random() % 1'000);
    const Clustering one = found(rows, 4, {.clusters = 20}, {.seed = 9, .threads = 1});
    const Clustering three = found(rows, 4, {.clusters = 20}, {.seed = 9, .threads = 3});
    EXPECT_EQ(one.of, three.of);
    EXPECT_EQ(one.centres, three.centres);
}

TEST(KMeans, MakesNoMoreClustersThanThereAreDifferentRows) {
    const std::vector<float> rows{1, 1, 2, 2, 1, 1, 0, 0};
    const Clustering out = found(rows, 2, {.clusters = 10});
    EXPECT_EQ(out.clusters, 2U);
    EXPECT_EQ(out.of[0], out.of[2]);
    EXPECT_EQ(out.of[3], kNoCluster);  // of zeros nothing is known
    EXPECT_EQ(out.spread, 0);
    EXPECT_EQ(found({}, 2, {.clusters = 3}).clusters, 0U);
}

}  // namespace
}  // namespace attune::learn
