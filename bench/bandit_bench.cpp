// What a choice costs, and what each strategy loses on the way to the best arm.
//
// The world is the one of Chapelle and Li ("An empirical evaluation of Thompson sampling", 2011): one
// arm of rate 0.5, nine of 0.4. What no consistent policy can beat in the long run is the bound of Lai
// and Robbins; Thompson sampling should end below its asymptote, UCB1 well above.
#include "learn/bandit/best_of.h"
#include "learn/bandit/linear.h"
#include "learn/bandit/strategies.h"

#include <chrono>
#include <cmath>
#include <cstdio>
#include <functional>

namespace attune::learn {
namespace {

using Strategy = std::function<Result<std::vector<double>>(std::span<const Tally>)>;
using Watch = std::chrono::steady_clock;

double microseconds_of(const std::function<void()>& work) {
    constexpr int kRepeats = 2'000;
    const auto start = Watch::now();
    for (int i = 0; i < kRepeats; ++i) work();
    return std::chrono::duration<double, std::micro>(Watch::now() - start).count() / kRepeats;
}

std::vector<Tally> grown(std::size_t arms) {
    base::SeededRandom random(1);
    std::vector<Tally> tallies(arms);
    for (Tally& tally : tallies) {
        tally.trials = 1'000 + std::floor(9'000 * random.unit());
        tally.reward_sum = std::floor(tally.trials * (0.05 + 0.01 * random.unit()));
        tally.reward_squares = tally.reward_sum;
    }
    return tallies;
}

double regret_of(std::span<const double> rates, int rounds, std::uint64_t seed,
                 const Strategy& strategy) {
    base::SeededRandom random(seed);
    std::vector<Tally> arms(rates.size());
    double missed = 0;
    for (int round = 0; round < rounds; ++round) {
        const Choice choice = draw(*strategy(arms), random);
        Tally& arm = arms[choice.arm];
        arm.show({}, {});
        if (random.unit() < rates[choice.arm]) arm.reward(1, {}, {});
        missed += rates[0] - rates[choice.arm];
    }
    return missed;
}

void run_costs() {
    for (const std::size_t arms : {2, 10, 100}) {
        const auto tallies = grown(arms);
        std::printf("chances of %3zu arms: Beta %.1f us, Gaussian %.1f us\n", arms,
                    microseconds_of([&] { (void)thompson_bernoulli(tallies, {}); }),
                    microseconds_of([&] { (void)thompson_gaussian(tallies, {}); }));
    }
    LinearTally tally(16);
    const std::vector<double> context(16, 0.25);
    const auto model = LinearModel::fit(tally, 1);
    const std::vector<const LinearModel*> arms(10, &*model);
    std::printf("chances of  10 arms by 16 features: LinUCB %.1f us, linear Thompson %.1f us\n",
                microseconds_of([&] { (void)linear_upper_confidence(arms, context, 1); }),
                microseconds_of([&] { (void)linear_thompson(arms, context, 1); }));
}

void run_regret() {
    constexpr int kRounds = 10'000;
    constexpr int kRuns = 10;
    std::vector<double> rates(10, 0.4);
    rates[0] = 0.5;
    const double divergence = 0.4 * std::log(0.4 / 0.5) + 0.6 * std::log(0.6 / 0.5);
    std::printf("regret after %d rounds, mean of %d runs (Lai-Robbins %.0f):\n", kRounds, kRuns,
                9 * 0.1 / divergence * std::log(kRounds));
    const std::pair<const char*, Strategy> strategies[] = {
        {"Thompson", [](auto arms) { return thompson_bernoulli(arms, {}); }},
        {"epsilon-greedy 0.1", [](auto arms) { return epsilon_greedy(arms, 0.1); }},
        {"UCB1", [](auto arms) { return upper_confidence(arms, 1); }},
        {"even", [](auto arms) { return epsilon_greedy(arms, 1); }}};
    for (const auto& [name, strategy] : strategies) {
        double sum = 0;
        for (int run = 1; run <= kRuns; ++run)
            sum += regret_of(rates, kRounds, static_cast<std::uint64_t>(run), strategy);
        std::printf("  %-20s %.0f\n", name, sum / kRuns);
    }
}

}  // namespace
}  // namespace attune::learn

int main() {
    attune::learn::run_costs();
    attune::learn::run_regret();
}
