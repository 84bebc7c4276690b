#include "learn/bandit/choice.h"

#include <algorithm>
#include <string>

namespace attune::learn {

Result<void> keep_exploring(std::vector<double>& chances, double floor) {
    const auto count = static_cast<double>(chances.size());
    if (!(floor >= 0 && floor * count <= 1))
        return fail_field("/floor", "must be between 0 and 1/" + std::to_string(chances.size()));
    for (double& chance : chances) chance = floor + (1 - floor * count) * chance;
    return {};
}

Choice draw(std::span<const double> chances, base::Random& random) {
    ATTUNE_CHECK(!chances.empty());
    double left = random.unit();
    std::size_t last = 0;
    for (std::size_t arm = 0; arm < chances.size(); ++arm) {
        if (chances[arm] <= 0) continue;
        last = arm;
        if (left < chances[arm]) return {arm, chances[arm]};
        left -= chances[arm];
    }
    // The chances summed to a little less than 1, and the draw fell into the gap.
    return {last, chances[last]};
}

std::vector<double> greedy(std::span<const double> indices) {
    const double best = *std::ranges::max_element(indices);
    const auto ties = static_cast<double>(std::ranges::count(indices, best));
    std::vector<double> chances(indices.size());
    std::ranges::transform(indices, chances.begin(),
                           [&](double index) { return index == best ? 1 / ties : 0; });
    return chances;
}

}  // namespace attune::learn
