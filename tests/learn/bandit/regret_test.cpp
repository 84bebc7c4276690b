// Small worlds with a known best arm: how much is lost on the way to it.
#include "learn/bandit/linear.h"
#include "learn/bandit/strategies.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>

namespace attune::learn {
namespace {

using namespace std::chrono_literals;
using Strategy = std::function<Result<std::vector<double>>(std::span<const Tally>)>;

constexpr base::Time kStart{std::chrono::sys_days{std::chrono::year{2026} / 3 / 1}};
constexpr int kRuns = 8;

struct World {
    std::vector<double> rates;
    int rounds = 3'000;
    // From half of the rounds on, rates are taken in reverse order.
    bool turns = false;
    // A reward is known this many rounds after its trial.
    int delay = 0;
    Memory memory{};
};

// The expected reward that was missed, averaged over runs.
double regret_of(const World& world, const Strategy& strategy) {
    struct Late {
        std::size_t arm;
        base::Time shown_at;
    };
    double missed = 0;
    const double best = *std::ranges::max_element(world.rates);
    for (int run = 0; run < kRuns; ++run) {
        base::SeededRandom random(static_cast<std::uint64_t>(run) + 1);
        std::vector<Tally> arms(world.rates.size());
        std::vector<std::vector<Late>> due(
            static_cast<std::size_t>(world.rounds + world.delay + 1));
        for (int round = 0; round < world.rounds; ++round) {
            const base::Time now = kStart + std::chrono::minutes(round);
            for (Tally& arm : arms) arm.age(now, world.memory);
            const Choice choice = draw(*strategy(arms), random);
            const bool turned = world.turns && round >= world.rounds / 2;
            const double rate =
                turned ? world.rates[world.rates.size() - 1 - choice.arm] : world.rates[choice.arm];
            missed += best - rate;
            arms[choice.arm].show(now, world.memory);
            if (random.unit() < rate)
                due[static_cast<std::size_t>(round + world.delay)].push_back({choice.arm, now});
            for (const Late& late : due[static_cast<std::size_t>(round)])
                arms[late.arm].reward(1, late.shown_at, world.memory);
        }
    }
    return missed / kRuns;
}

const Strategy kThompson = [](std::span<const Tally> arms) { return thompson_bernoulli(arms, {}); };
const Strategy kGreedy = [](std::span<const Tally> arms) { return epsilon_greedy(arms, 0.1); };
const Strategy kUpper = [](std::span<const Tally> arms) { return upper_confidence(arms, 1); };
const Strategy kEven = [](std::span<const Tally> arms) { return epsilon_greedy(arms, 1); };

// Lai and Robbins (1985): no policy that is good everywhere loses less, in the long run, than
// Σ Δ/KL(rate, best) · ln T.
double lai_robbins(const World& world) {
    const double best = *std::ranges::max_element(world.rates);
    double bound = 0;
    for (const double p : world.rates) {
        if (p == best) continue;
        const double divergence = p * std::log(p / best) + (1 - p) * std::log((1 - p) / (1 - best));
        bound += (best - p) / divergence;
    }
    return bound * std::log(world.rounds);
}

TEST(Regret, ThompsonLosesLessThanTheOthersAndAboutWhatTheoryAllows) {
    const World world{.rates = {0.5, 0.4, 0.4, 0.3}};
    const double thompson = regret_of(world, kThompson);
    const double upper = regret_of(world, kUpper);
    const double even = regret_of(world, kEven);
    RecordProperty("thompson", std::to_string(thompson));
    EXPECT_LT(thompson, regret_of(world, kGreedy));
    EXPECT_LT(thompson, upper);
    EXPECT_LT(upper, even);
    EXPECT_NEAR(even, 0.1 * world.rounds, 5);
    // The asymptote is approached from below (Chapelle and Li 2011, figure 1).
    EXPECT_LT(thompson, lai_robbins(world));
    EXPECT_GT(thompson, 0.2 * lai_robbins(world));
}

TEST(Regret, LateRewardsCostLittle) {
    World world{.rates = {0.5, 0.3}, .rounds = 2'000};
    const double prompt = regret_of(world, kThompson);
    world.delay = 100;
    const double late = regret_of(world, kThompson);
    // While nothing is known, both arms are shown: about delay · Δ / 2 more.
    EXPECT_LT(late, prompt + 100 * 0.2);
}

TEST(Regret, AMemoryThatFadesFollowsAWorldThatTurns) {
    World world{.rates = {0.6, 0.3}, .rounds = 4'000, .turns = true};
    const double stubborn = regret_of(world, kThompson);
    world.memory.half_life = 300min;
    EXPECT_LT(regret_of(world, kThompson), 0.7 * stubborn);
}

TEST(Regret, ContextIsWorthLookingAt) {
    // Arm 0 suits contexts below one half, arm 1 those above; without context both pay the same.
    const auto regret = [](auto choose) {
        base::SeededRandom random(11);
        double missed = 0;
        std::vector<LinearTally> arms(2, LinearTally(2));
        for (int round = 0; round < 1'500; ++round) {
            const std::vector context{1.0, random.unit()};
            std::vector<LinearModel> models;
            for (const auto& arm : arms) models.push_back(*LinearModel::fit(arm, 1));
            const std::vector<const LinearModel*> known{&models[0], &models[1]};
            const Choice choice = draw(*choose(known, context), random);
            const double rate = choice.arm == 0 ? 0.8 - 0.6 * context[1] : 0.2 + 0.6 * context[1];
            missed += std::max(0.8 - 0.6 * context[1], 0.2 + 0.6 * context[1]) - rate;
            EXPECT_TRUE(arms[choice.arm].show(context, kStart, {}));
            const double reward = random.unit() < rate ? 1 : 0;
            EXPECT_TRUE(arms[choice.arm].reward(context, reward, kStart, {}));
        }
        return missed;
    };
    const double even = regret([](const auto& known, const auto& context) {
        return linear_thompson(known, context, 1e9);
    });
    EXPECT_NEAR(even, 0.15 * 1'500, 20);
    EXPECT_LT(regret([](const auto& known, const auto& context) {
                  return linear_upper_confidence(known, context, 0.5);
              }),
              0.2 * even);
    EXPECT_LT(regret([](const auto& known, const auto& context) {
                  return linear_thompson(known, context, 0.5);
              }),
              0.2 * even);
}

}  // namespace
}  // namespace attune::learn
