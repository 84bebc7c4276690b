// The bandits without context: from the arms' tallies to the probability that each is chosen. Nothing
// is drawn here (choice.h does that), so the same tallies give the same numbers, which may be kept
// until a tally changes.
//
//   thompson_bernoulli   rewards are 0 or 1: the probability that the arm has the highest rate, under
//                        Beta posteriors (Thompson 1933)
//   thompson_gaussian    rewards are amounts: the same for means, under Gaussian posteriors whose
//                        noise is estimated per arm
//   epsilon_greedy       the best mean, but with probability ε any arm evenly
//   upper_confidence     UCB1 (Auer, Cesa-Bianchi and Fischer 2002): the best mean + width·√(2 ln N / n);
//                        arms never tried come first
//
// Fails when there are no arms, more than kArmsMax, an option is out of bounds, or a tally holds what
// no trials can have.
#pragma once

#include "learn/bandit/choice.h"
#include "learn/bandit/tally.h"

#include <span>
#include <vector>

namespace attune::learn {

// Beta(successes, failures) before any trial; both at least 1, which is also "anything is possible".
struct BetaPrior {
    double successes = 1;
    double failures = 1;
};
[[nodiscard]] Result<std::vector<double>> thompson_bernoulli(std::span<const Tally> arms,
                                                             const BetaPrior& prior);

// As if `weight` trials had been seen that had this mean and this variance. Rewards of another scale
// need another variance.
struct RewardPrior {
    double mean = 0;
    double variance = 1;
    double weight = 1;
};
[[nodiscard]] Result<std::vector<double>> thompson_gaussian(std::span<const Tally> arms,
                                                            const RewardPrior& prior);

[[nodiscard]] Result<std::vector<double>> epsilon_greedy(std::span<const Tally> arms,
                                                         double epsilon);

// The proof of UCB1 is for rewards between 0 and 1 and a width of 1; others need it scaled.
[[nodiscard]] Result<std::vector<double>> upper_confidence(std::span<const Tally> arms,
                                                           double width);

}  // namespace attune::learn
