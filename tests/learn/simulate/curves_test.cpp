#include "learn/simulate/curves.h"

#include "learn/simulate/dice.h"

#include <gtest/gtest.h>

#include <cmath>

namespace attune::learn::simulate {
namespace {

TEST(Curves, AgreeWithTheCLibrary) {
    Dice dice(1);
    for (int i = 0; i < 20'000; ++i) {
        const double x = dice.between(-700, 700);
        EXPECT_NEAR(exp_of(x) / std::exp(x), 1, 1e-12) << x;
        const double y = std::exp(dice.between(-200, 200));
        EXPECT_NEAR(ln_of(y), std::log(y), 1e-12 * std::max(1.0, std::abs(std::log(y)))) << y;
    }
    EXPECT_EQ(exp_of(0), 1);
    EXPECT_EQ(ln_of(1), 0);
    EXPECT_EQ(sigmoid(0), 0.5);
    EXPECT_EQ(exp_of(-1e9), 0);
}

TEST(Dice, AreUniformAndNormal) {
    Dice dice(42);
    double sum = 0;
    double normal_sum = 0;
    double normal_squares = 0;
    constexpr int kDraws = 200'000;
    for (int i = 0; i < kDraws; ++i) {
        sum += dice.unit();
        const double n = dice.normal();
        normal_sum += n;
        normal_squares += n * n;
    }
    EXPECT_NEAR(sum / kDraws, 0.5, 0.003);
    EXPECT_NEAR(normal_sum / kDraws, 0, 0.01);
    EXPECT_NEAR(normal_squares / kDraws, 1, 0.015);
}

TEST(Dice, StreamsOfDifferentMattersDiffer) {
    EXPECT_EQ(Dice(1, 2, 3).next(), Dice(1, 2, 3).next());
    EXPECT_NE(Dice(1, 2, 3).next(), Dice(1, 3, 2).next());
    EXPECT_NE(Dice(1, 2, 3).next(), Dice(2, 2, 3).next());
    EXPECT_NE(Dice(1, 2).next(), Dice(1, 2, 0).next());
}

}  // namespace
}  // namespace attune::learn::simulate
