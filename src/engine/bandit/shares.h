// Shares: how a bandit's units are split at one moment, in whole buckets. A unit's bucket is frozen (experiment/bucketing.h),
// so the same shares give the same unit the same variant; and since they are whole buckets, the probability that is logged
// is exactly the one that it was drawn with.
//
//     const Shares shares = Shares::of(chances, 0.02);
//     const BanditDraw drawn = shares.draw(bucket);       // {.variant = 1, .probability = 0.6180}
//
// Immutable and thread-safe.
#pragma once

#include "engine/experiment/compiled_experiment.h"

#include <cstdint>
#include <span>
#include <vector>

namespace attune::engine {

class Shares {
public:
    // Chances are not negative and sum to something; no share is less than `floor`, and what is above it shrinks evenly.
    [[nodiscard]] static Shares of(std::vector<double> chances, double floor);

    // The same, but only those below the floor are raised, at the expense of the others: weights stay what was written.
    [[nodiscard]] static Shares of_weights(std::vector<double> weights, double floor);

    // `bucket` is 0 to 9,999.
    [[nodiscard]] BanditDraw draw(std::uint32_t bucket) const;
    [[nodiscard]] double probability(std::size_t variant) const;
    [[nodiscard]] std::size_t size() const { return ends_.size(); }

    bool operator==(const Shares&) const = default;

private:
    [[nodiscard]] static Shares whole(const std::vector<double>& chances);

    std::vector<std::uint32_t> ends_;  // of each variant's buckets
};

}  // namespace attune::engine
