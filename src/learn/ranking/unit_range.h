// Scores between 0 for the worst of them and 1 for the best; all at 1 where they are alike.
#pragma once

#include <algorithm>
#include <span>
#include <vector>

namespace attune::learn {

inline std::vector<double> unit_range(std::span<const float> scores) {
    if (scores.empty()) return {};
    const auto [low, high] = std::ranges::minmax(scores);
    const double range = double{high} - low;
    std::vector<double> out(scores.size(), 1.0);
    if (range > 0)
        for (std::size_t i = 0; i < out.size(); ++i) out[i] = (double{scores[i]} - low) / range;
    return out;
}

}  // namespace attune::learn
