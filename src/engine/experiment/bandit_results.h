// What a bandit has learned and earned, as results tell it (engine/bandit/summary.h computes it). Its means are weighed by the
// inverse of the probability that each draw was made with: a plain mean of what an arm earned is of the days on which it
// was drawn most, and says too little of arms that had bad luck early.
#pragma once

#include "domain/experiment.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace attune::engine {

struct BanditArm {
    std::string name;
    // With which the next one is drawn, among those who are not held out; empty where that depends on who asks.
    std::optional<double> probability;
    std::uint64_t draws = 0;
    double reward = 0;           // of all of them
    std::optional<double> mean;  // of a draw, weighed
    std::optional<std::array<double, 2>> ci;
    double effective_draws = 0;  // as many evenly weighed ones say as much
};

struct BanditResults {
    domain::BanditStrategy strategy = domain::BanditStrategy::thompson;
    bool is_current = true;  // false: the log is still being read
    std::string metric;      // the reward
    std::uint64_t draws = 0;
    std::vector<BanditArm> arms;
};

}  // namespace attune::engine
