#include "learn/bandit/linear.h"

#include "base/json.h"
#include "base/random.h"

#include <gtest/gtest.h>

#include <cmath>

namespace attune::learn {
namespace {

using namespace std::chrono_literals;

constexpr base::Time kStart{std::chrono::sys_days{std::chrono::year{2026} / 3 / 1}};
constexpr Memory kForever{};

void learn_from(LinearTally& tally, std::vector<double> context, double value) {
    ASSERT_TRUE(tally.show(context, kStart, kForever));
    ASSERT_TRUE(tally.reward(context, value, kStart, kForever));
}

// numpy: A = np.eye(2) + X.T@X; np.linalg.solve(A, X.T@r); sqrt(x @ np.linalg.inv(A) @ x) for
// X = [[1, 2], [1, -1], [1, .5]], r = [3, 0, 1.5], x = [1, 1].
TEST(LinearModel, AgreesWithNumpy) {
    LinearTally tally(2);
    learn_from(tally, {1, 2}, 3);
    learn_from(tally, {1, -1}, 0);
    learn_from(tally, {1, 0.5}, 1.5);
    const auto model = LinearModel::fit(tally, 1);
    ASSERT_TRUE(model);
    EXPECT_NEAR(model->weights()[0], 0.7912087912087913, 1e-12);
    EXPECT_NEAR(model->weights()[1], 0.8901098901098901, 1e-12);
    const auto prediction = model->predict(std::vector{1.0, 1.0});
    EXPECT_NEAR(prediction->mean, 1.6813186813186813, 1e-12);
    EXPECT_NEAR(prediction->uncertainty, 0.5645186610567614, 1e-12);
}

TEST(LinearModel, UncertaintyShrinksWhereThereWasData) {
    LinearTally tally(2);
    for (int i = 0; i < 100; ++i) learn_from(tally, {1, 0}, 1);
    const auto model = LinearModel::fit(tally, 1);
    EXPECT_NEAR(model->predict(std::vector{1.0, 0.0})->uncertainty, std::sqrt(1.0 / 101), 1e-12);
    EXPECT_NEAR(model->predict(std::vector{0.0, 1.0})->uncertainty, 1, 1e-12);
}

TEST(LinearBandits, ChooseByContext) {
    LinearTally young(2);
    LinearTally old(2);
    base::SeededRandom random(5);
    for (int i = 0; i < 200; ++i) {
        const double age = random.unit();
        learn_from(young, {1, age}, 1 - age + 0.1 * random.unit());
        learn_from(old, {1, age}, age + 0.1 * random.unit());
    }
    const auto a = LinearModel::fit(young, 1);
    const auto b = LinearModel::fit(old, 1);
    const std::vector<const LinearModel*> arms{&*a, &*b};
    for (const auto strategy : {linear_upper_confidence, linear_thompson}) {
        EXPECT_NEAR((*strategy(arms, std::vector{1.0, 0.1}, 0.2))[0], 1, 1e-6);
        EXPECT_NEAR((*strategy(arms, std::vector{1.0, 0.9}, 0.2))[1], 1, 1e-6);
    }
    const auto between = linear_thompson(arms, std::vector{1.0, 0.5}, 0.2);
    EXPECT_GT((*between)[0], 0.1);
    EXPECT_GT((*between)[1], 0.1);
}

TEST(LinearTally, MergesFadesAndSurvivesJson) {
    const Memory day{.half_life = 24h};
    LinearTally both(2);
    LinearTally first(2);
    LinearTally second(2);
    const std::vector x{1.0, 3.0};
    const std::vector y{1.0, -2.0};
    ASSERT_TRUE(both.show(x, kStart, day) && first.show(x, kStart, day));
    ASSERT_TRUE(both.show(y, kStart + 24h, day) && second.show(y, kStart + 24h, day));
    ASSERT_TRUE(both.reward(x, 2, kStart, day) && second.reward(x, 2, kStart, day));
    ASSERT_TRUE(first.merge(second, day));
    EXPECT_EQ(first.gram, both.gram);
    EXPECT_EQ(first.reward_sums, both.reward_sums);
    EXPECT_DOUBLE_EQ(both.gram[0], 1.5);
    EXPECT_DOUBLE_EQ(both.gram[2], 0.5 * 9 + 4);
    const auto back = base::from_json<LinearTally>(base::to_json(both));
    ASSERT_TRUE(back);
    EXPECT_EQ(back->gram, both.gram);
    EXPECT_EQ(back->at, both.at);
}

TEST(LinearModel, RefusesWhatCannotBe) {
    LinearTally tally(2);
    EXPECT_FALSE(tally.show(std::vector{1.0}, kStart, kForever));
    EXPECT_FALSE(tally.show(std::vector<double>{1.0, NAN}, kStart, kForever));
    EXPECT_FALSE(tally.reward(std::vector{1.0, 2.0}, INFINITY, kStart, kForever));
    EXPECT_FALSE(tally.merge(LinearTally(3), kForever));
    EXPECT_FALSE(LinearModel::fit(tally, 0));
    EXPECT_FALSE(LinearModel::fit(LinearTally{}, 1));
    EXPECT_FALSE(LinearModel::fit(LinearTally(kFeaturesMax + 1), 1));
    tally.gram[0] = -5;
    EXPECT_FALSE(LinearModel::fit(tally, 1));
    tally.gram.pop_back();
    EXPECT_FALSE(LinearModel::fit(tally, 1));
}

}  // namespace
}  // namespace attune::learn
