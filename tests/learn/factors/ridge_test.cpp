#include "learn/factors/ridge.h"

#include "learn/linear/random_matrix.h"

#include <gtest/gtest.h>

#include <cmath>

namespace attune::learn {
namespace {

TEST(Ridge, SolvesByHand) {
    // One touch of y = (1, 2), weight 4, target 1; penalties 1 and 2: x = y·4/(penalty) / (1 + 4·(1 + 4/2)).
    Ridge ridge;
    ridge.begin(std::vector<float>{1, 2}, 1);
    ridge.add(std::vector<float>{1, 2}, 4, 1);
    std::vector<float> x(2);
    ASSERT_TRUE(ridge.solve(x));
    EXPECT_NEAR(x[0], 4.0 / 13, 1e-6);
    EXPECT_NEAR(x[1], 4.0 / 13, 1e-6);
}

// The gradient of what it minimises, at what it found.
double steepest(const Matrix& vectors, std::span<const float> weights,
                std::span<const float> targets, std::span<const float> penalty,
                std::span<const float> x) {
    double steep = 0;
    for (std::size_t k = 0; k < x.size(); ++k) {
        double slope = double{penalty[k]} * x[k];
        for (std::size_t i = 0; i < weights.size(); ++i) {
            double score = 0;
            for (std::size_t j = 0; j < x.size(); ++j) score += double{vectors.row(i)[j]} * x[j];
            slope += weights[i] * (score - targets[i]) * vectors.row(i)[k];
        }
        steep = std::max(steep, std::abs(slope));
    }
    return steep;
}

TEST(Ridge, TheGradientVanishesWhicheverFormIsCheaper) {
    constexpr std::size_t kFactors = 24;
    Ridge ridge;
    for (const std::size_t touches : {1U, 5U, 23U, 24U, 100U, 1023U, 1024U, 1025U, 3000U}) {
        SCOPED_TRACE(touches);
        const Matrix vectors = normal_matrix(touches, kFactors, 0.3F, touches);
        Draws draws(9, touches);
        std::vector<float> weights;
        std::vector<float> targets;
        std::vector<float> penalty;
        for (std::size_t i = 0; i < touches; ++i) {
            weights.push_back(static_cast<float>(draws.unit() * 3));
            targets.push_back(static_cast<float>(draws.unit()));
        }
        for (std::size_t k = 0; k < kFactors; ++k)
            penalty.push_back(static_cast<float>(std::pow(10, 4 * draws.unit() - 2)));
        ridge.begin(penalty, touches);
        for (std::size_t i = 0; i < touches; ++i) ridge.add(vectors.row(i), weights[i], targets[i]);
        std::vector<float> x(kFactors);
        ASSERT_TRUE(ridge.solve(x));
        EXPECT_LT(steepest(vectors, weights, targets, penalty, x),
                  1e-4 * std::sqrt(static_cast<double>(touches)));
    }
}

TEST(Ridge, StepsFromAnywhereEndAtTheSolution) {
    constexpr std::size_t kFactors = 20;
    for (const std::size_t touches : {1U, 13U, 40U, 2000U}) {
        SCOPED_TRACE(touches);
        const Matrix vectors = normal_matrix(touches, kFactors, 0.3F, touches);
        const std::vector<float> penalty(kFactors, 0.5F);
        Ridge ridge;
        std::vector<float> exact(kFactors);
        std::vector<float> stepped(kFactors, 0.3F);
        ridge.begin(penalty, touches);
        for (std::size_t i = 0; i < touches; ++i) ridge.add(vectors.row(i), 2, 1);
        ASSERT_TRUE(ridge.solve(exact));
        ridge.begin(penalty, touches, true);
        for (std::size_t i = 0; i < touches; ++i) ridge.add(vectors.row(i), 2, 1);
        ASSERT_TRUE(ridge.improve(stepped, 30));
        for (std::size_t k = 0; k < kFactors; ++k) EXPECT_NEAR(stepped[k], exact[k], 1e-4);
    }
}

TEST(Ridge, NoTouchIsZeroAndNonsenseIsSaid) {
    Ridge ridge;
    std::vector<float> x(2, 7);
    ridge.begin(std::vector<float>{1, 1}, 0);
    EXPECT_TRUE(ridge.solve(x));
    EXPECT_EQ(x, (std::vector<float>{0, 0}));
    ridge.begin(std::vector<float>{1, 1}, 1);
    ridge.add(std::vector<float>{3e30F, 3e30F}, 3e30F, 1);
    EXPECT_FALSE(ridge.solve(x));
    EXPECT_EQ(x, (std::vector<float>{0, 0}));
}

}  // namespace
}  // namespace attune::learn
