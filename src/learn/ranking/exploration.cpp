#include "learn/ranking/exploration.h"

#include "base/random.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>

namespace attune::learn {

namespace {

void shuffle(std::span<std::uint32_t> list, base::Random& random) {
    for (std::size_t i = list.size(); i > 1; --i) std::swap(list[i - 1], list[random.below(i)]);
}

}  // namespace

// What is left beyond the floors goes to the heaviest first: whoever would exceed 1 gets 1, and the others share what remains. Once one
// does not exceed it, no lighter one does.
Result<std::vector<double>> exploration_chances(std::span<const double> weights, std::size_t places,
                                                double floor) {
    const std::size_t count = weights.size();
    if (!std::ranges::all_of(weights, [](double w) { return std::isfinite(w) && w >= 0; }))
        return fail(Code::invalid_argument, "a weight of exploration is finite and not negative");
    if (count <= places) return std::vector<double>(count, 1.0);
    if (!(floor >= 0 && floor * static_cast<double>(count) <= static_cast<double>(places)))
        return fail(Code::invalid_argument,
                    "the floor of exploration is from 0 to places / candidates, here " +
                        std::to_string(static_cast<double>(places) / static_cast<double>(count)));
    std::vector<std::uint32_t> order(count);
    std::iota(order.begin(), order.end(), 0U);
    std::ranges::sort(order, [&](std::uint32_t a, std::uint32_t b) {
        return weights[a] != weights[b] ? weights[a] > weights[b] : a < b;
    });
    // By the heaviest, so that no sum overflows; summed from the lightest on, so that those are not lost beside it.
    const double heaviest = weights[order[0]] > 0 ? weights[order[0]] : 1;
    std::vector<double> rest(count + 1);
    for (std::size_t i = count; i-- > 0;) rest[i] = rest[i + 1] + weights[order[i]] / heaviest;
    std::vector<double> chances(count, floor);
    double left = static_cast<double>(places) - floor * static_cast<double>(count);
    for (std::size_t i = 0; i < count; ++i) {
        const double share = rest[i] > 0 ? weights[order[i]] / heaviest / rest[i]
                                         : 1 / static_cast<double>(count - i);
        const double more = std::min(left * share, 1 - floor);
        chances[order[i]] += more;
        left -= more;
    }
    return chances;
}

std::vector<Explored> explore(std::span<const double> chances, std::size_t places,
                              std::uint64_t seed) {
    base::SeededRandom random(seed);
    std::vector<std::uint32_t> order(chances.size());
    std::iota(order.begin(), order.end(), 0U);
    shuffle(order, random);
    const std::size_t count = std::min(places, chances.size());
    std::vector<std::uint32_t> drawn;
    const double start = random.unit();
    double sum = 0;
    for (std::size_t i = 0; i < order.size() && drawn.size() < count; ++i) {
        sum += chances[order[i]];
        // Rounding may leave the sum a hair below the last mark.
        const bool is_needed = order.size() - i == count - drawn.size();
        if (is_needed || sum > start + static_cast<double>(drawn.size())) drawn.push_back(order[i]);
    }
    shuffle(drawn, random);
    std::vector<Explored> out;
    for (const std::uint32_t candidate : drawn)
        out.push_back({.candidate = candidate,
                       .shown = chances[candidate],
                       .propensity = chances[candidate] / static_cast<double>(count)});
    return out;
}

std::vector<double> softmax_weights(std::span<const float> scores, double temperature) {
    std::vector<double> weights(scores.size());
    if (scores.empty()) return weights;
    const double best = std::ranges::max(scores);
    for (std::size_t i = 0; i < scores.size(); ++i)
        weights[i] = std::exp((scores[i] - best) / temperature);
    return weights;
}

}  // namespace attune::learn
