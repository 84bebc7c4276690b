// A button that is red or blue, and units that are shown one of both and buy or do not: with a known truth.
#pragma once

#include "base/keyed_hash.h"
#include "engine/experiment/tally.h"

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace attune::engine::testing {

inline domain::Experiment red_or_blue(std::uint64_t units_needed) {
    domain::Experiment experiment{.name = "n"};
    experiment.variants = {{.name = "red", .weight = 0.5}, {.name = "blue", .weight = 0.5}};
    experiment.metrics = {{.name = "bought",
                           .role = domain::MetricRole::primary,
                           .kind = domain::MetricKind::conversion,
                           .event = "purchase",
                           .window_seconds = 3600}};
    experiment.plan = domain::ExperimentPlan{.baseline_mean = 0.2, .units_needed = units_needed};
    return experiment;
}

class Passers {
public:
    static constexpr base::Time kStart{std::chrono::seconds(1'780'000'000)};

    // A unit more, some time after the start: of five that see red, one buys.
    void come(Tally& tally, base::Duration after, double chance_in_blue,
              const std::vector<std::string>& segments = {}) {
        const UnitKey key = base::hash128(base::HashKey{}, std::to_string(++units_));
        const std::size_t arm = random_() % 2;
        tally.expose(key, arm, 1, kStart + after, segments);
        const double chance = arm == 1 ? chance_in_blue : 0.2;
        if (std::uniform_real_distribution<>()(random_) < chance)
            tally.observe(key, {.event = "purchase",
                                .time = kStart + after + std::chrono::minutes(1),
                                .value = {}});
    }
    [[nodiscard]] int units() const { return units_; }

private:
    std::mt19937_64 random_{7};
    int units_ = 0;
};

}  // namespace attune::engine::testing
