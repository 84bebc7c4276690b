#include "learn/bandit/best_of.h"

#include "learn/stats/distributions.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cmath>
#include <numeric>

namespace attune::learn {
namespace {

// P(B > A) in closed form (Evan Miller, "Formulas for Bayesian A/B testing", 2015), for whole
// numbers; independent of any quadrature.
double beta_exceeds(const Beta& b, const Beta& a) {
    const auto log_beta = [](double x, double y) {
        return std::lgamma(x) + std::lgamma(y) - std::lgamma(x + y);
    };
    double sum = 0;
    for (int i = 0; i < static_cast<int>(b.a); ++i)
        sum += std::exp(log_beta(a.a + i, a.b + b.b) - std::log(b.b + i) - log_beta(1.0 + i, b.b) -
                        log_beta(a.a, a.b));
    return sum;
}

TEST(BestOf, TwoBetasAgreeWithTheClosedForm) {
    for (const auto& [a, b] : std::vector<std::pair<Beta, Beta>>{{{1, 1}, {1, 1}},
                                                                 {{1, 1}, {2, 1}},
                                                                 {{50, 52}, {52, 50}},
                                                                 {{3, 900}, {9, 1'000}},
                                                                 {{1, 2'000}, {2, 30}},
                                                                 {{901, 9'101}, {1'004, 8'998}},
                                                                 {{20, 1}, {1, 1}}}) {
        const auto chances = chances_of_being_best(std::vector{a, b});
        EXPECT_NEAR(chances[1], beta_exceeds(b, a), 2e-6) << a.a << " " << b.a;
        EXPECT_NEAR(chances[0] + chances[1], 1, 1e-12);
    }
}

TEST(BestOf, TwoGaussiansAgreeWithTheirDifference) {
    EXPECT_TRUE(rc::check([] {
        const auto any = [] {
            return Gaussian{*rc::gen::inRange(-300, 300) / 100.0,
                            std::pow(10, *rc::gen::inRange(-100, 100) / 100.0)};
        };
        const Gaussian a = any();
        const Gaussian b = any();
        const auto chances = chances_of_being_best(std::vector{a, b});
        const double expected =
            normal_cdf((b.mean - a.mean) / std::hypot(a.deviation, b.deviation));
        RC_ASSERT(std::abs(chances[1] - expected) < 2e-6);
    }));
}

// A thousand-fold difference in width is what the panels promise to follow.
TEST(BestOf, FollowsPosteriorsOfVeryDifferentWidths) {
    const std::vector<Gaussian> values{{0, 1}, {0.5, 0.001}, {0.4, 0.01}};
    const auto chances = chances_of_being_best(values);
    EXPECT_NEAR(chances[0], 1 - normal_cdf(0.5), 1e-4);
    EXPECT_NEAR(chances[2], 0, 1e-9);
}

TEST(BestOf, EqualArmsHaveEqualChances) {
    for (const std::size_t arms : {2, 3, 10, 100}) {
        for (const double chance : chances_of_being_best(std::vector<Beta>(arms, Beta{5, 95})))
            EXPECT_NEAR(chance, 1.0 / static_cast<double>(arms), 1e-9);
        for (const double chance : chances_of_being_best(std::vector<Gaussian>(arms)))
            EXPECT_NEAR(chance, 1.0 / static_cast<double>(arms), 1e-9);
    }
}

// Against 10 million draws with NumPy 1.26:
// bincount(default_rng(1).normal([0, .5, 1], [1, 1, 2], (10**7, 3)).argmax(1)) / 1e7.
TEST(BestOf, ThreeGaussiansAgreeWithSimulation) {
    const auto chances = chances_of_being_best(std::vector<Gaussian>{{0, 1}, {0.5, 1}, {1, 2}});
    EXPECT_NEAR(chances[0], 0.16297, 5e-4);
    EXPECT_NEAR(chances[1], 0.30855, 5e-4);
    EXPECT_NEAR(chances[2], 0.52848, 5e-4);
}

TEST(BestOf, ArmsThatCannotWinGetNothing) {
    const auto chances =
        chances_of_being_best(std::vector<Gaussian>{{0, 0.1}, {100, 0.1}, {50, 0.1}});
    EXPECT_EQ(chances, (std::vector<double>{0, 1, 0}));
}

}  // namespace
}  // namespace attune::learn
