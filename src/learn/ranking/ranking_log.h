// RankingLog: decisions as they were answered and what became of them; what rankers learn from.
//
// A decision is a list of rows, one for each item that was shown: its features as they were then, where it stood, and what it
// earned.
#pragma once

#include "base/result.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace attune::learn {

struct RankingLog {
    std::uint32_t features = 0;
    std::vector<float> rows;  // features numbers for each; NaN where one is missing
    std::vector<float>
        gains;  // 0 where nothing happened, 1 for a click, more for what is worth more
    std::vector<std::uint16_t> positions;  // 0 is the first
    std::vector<std::uint32_t> ends;  // decision d has the rows from ends[d-1], or 0, up to ends[d]

    [[nodiscard]] std::size_t decisions() const { return ends.size(); }
    [[nodiscard]] std::size_t begin_of(std::size_t decision) const {
        return decision == 0 ? 0 : ends[decision - 1];
    }
    // invalid_argument where sizes do not fit together or a gain is negative or not finite.
    [[nodiscard]] Result<void> check() const;
    // Only the decisions begin..end-1.
    [[nodiscard]] RankingLog part(std::size_t begin, std::size_t end) const;
};

// How probably somebody looks at each position, the best one at 1. What is shown further down is clicked less for that alone, so
// a click there counts for more: for 1/chance.
struct PositionBias {
    std::vector<double> chances;
    // Of positions past the last, that of the last; 1 if nothing is known.
    [[nodiscard]] double chance(std::size_t position) const {
        if (chances.empty()) return 1;
        return chances[position < chances.size() ? position : chances.size() - 1];
    }
};

// An item at a position: how often it was shown there, and how often clicked.
struct ShownAt {
    std::uint32_t item = 0;  // below 2^24
    std::uint16_t position = 0;
    double shown = 0;
    double clicked = 0;
};

struct PositionBiasOptions {
    std::size_t positions_max = 50;  // those further down are taken together
    double chance_min = 0.1;         // no click counts for more than 1/this
    // As if each position had been shown so often before, and looked at with the chance 1/log2(position + 2).
    double shown_before = 50;
};

// The position-based model: clicks = shown × chance(position) × appeal(item), fitted by turns until nothing changes. It
// learns from items that were shown at several positions. Where the order was made for the person, what is theirs stood above,
// and that is taken for a better position: give decisions of exploration, or where items were shuffled, if there are enough.
[[nodiscard]] PositionBias position_bias(std::span<const ShownAt> shown,
                                         const PositionBiasOptions& options = {});

// How near an order by these scores is to the best one: earned gains with discount 1/log2(rank + 2), each divided by its position's
// chance, over what the best order would have earned; of all decisions together, down to `limit`. 0 to 1; 0 if nothing was earned.
[[nodiscard]] double ndcg(const RankingLog& log, std::span<const float> scores,
                          const PositionBias& bias, std::size_t limit);

}  // namespace attune::learn
