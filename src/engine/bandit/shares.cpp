#include "engine/bandit/shares.h"

#include "learn/bandit/choice.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

namespace attune::engine {
namespace {

// Whole buckets that sum to all of them: each chance rounded down, what is left to the largest remainders.
std::vector<std::uint32_t> rounded(const std::vector<double>& chances) {
    std::vector<std::uint32_t> buckets(chances.size());
    std::vector<std::size_t> order(chances.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::vector<double> remainders(chances.size());
    std::uint32_t given = 0;
    for (std::size_t i = 0; i < chances.size(); ++i) {
        const double exact = chances[i] * kBuckets;
        buckets[i] = std::min(kBuckets - given, static_cast<std::uint32_t>(exact));
        remainders[i] = exact - buckets[i];
        given += buckets[i];
    }
    // Of equal remainders the first variant's goes first.
    std::ranges::sort(order, {}, [&](std::size_t i) { return std::pair(-remainders[i], i); });
    for (std::size_t i = 0; given < kBuckets; i = (i + 1) % order.size(), ++given)
        ++buckets[order[i]];
    return buckets;
}

}  // namespace

Shares Shares::of(std::vector<double> chances, double floor) {
    ATTUNE_CHECK(!chances.empty());
    const double sum = std::accumulate(chances.begin(), chances.end(), 0.0);
    for (double& chance : chances) chance /= sum;
    ATTUNE_CHECK(
        learn::keep_exploring(chances, std::min(floor, 1.0 / static_cast<double>(chances.size()))));
    return whole(chances);
}

Shares Shares::of_weights(std::vector<double> weights, double floor) {
    ATTUNE_CHECK(!weights.empty());
    floor = std::min(floor, 1.0 / static_cast<double>(weights.size()));
    std::vector<bool> is_raised(weights.size());
    // Each round raises one at least, and what it takes may press another one below the floor.
    for (bool is_news = true; is_news;) {
        is_news = false;
        double raised = 0;
        double others = 0;
        for (std::size_t i = 0; i < weights.size(); ++i)
            (is_raised[i] ? raised : others) += weights[i];
        for (std::size_t i = 0; i < weights.size(); ++i) {
            if (is_raised[i]) continue;
            weights[i] *= (1 - raised) / others;
            if (weights[i] >= floor) continue;
            weights[i] = floor;
            is_raised[i] = is_news = true;
        }
    }
    return whole(weights);
}

Shares Shares::whole(const std::vector<double>& chances) {
    Shares shares;
    std::uint32_t end = 0;
    for (const std::uint32_t buckets : rounded(chances)) shares.ends_.push_back(end += buckets);
    return shares;
}

BanditDraw Shares::draw(std::uint32_t bucket) const {
    const auto found = std::ranges::upper_bound(ends_, bucket);
    ATTUNE_CHECK(found != ends_.end());
    const auto variant = static_cast<std::size_t>(found - ends_.begin());
    return {.variant = variant, .probability = probability(variant)};
}

double Shares::probability(std::size_t variant) const {
    const std::uint32_t begin = variant == 0 ? 0 : ends_[variant - 1];
    return static_cast<double>(ends_[variant] - begin) / kBuckets;
}

}  // namespace attune::engine
