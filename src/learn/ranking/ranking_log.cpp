#include "learn/ranking/ranking_log.h"

#include "learn/ranking/ranks.h"

#include <algorithm>
#include <cmath>
#include <string>

namespace attune::learn {

namespace {

// Fits in fewer than twenty turns where the data says something, and stops early then.
constexpr int kTurnsMax = 200;
constexpr double kSettled = 1e-7;

double dcg(std::span<const double> gains, std::span<const std::uint32_t> order, std::size_t limit) {
    double sum = 0;
    for (std::size_t rank = 0; rank < std::min(limit, order.size()); ++rank)
        sum += gains[order[rank]] * discount(rank);
    return sum;
}

}  // namespace

Result<void> RankingLog::check() const {
    const std::size_t count = gains.size();
    const bool is_ordered =
        std::ranges::is_sorted(ends) && (ends.empty() ? 0 : ends.back()) == count;
    if (features == 0 || rows.size() != count * features || positions.size() != count ||
        !is_ordered)
        return fail(Code::invalid_argument,
                    "a ranking log has as many rows, gains and positions as its last decision's "
                    "end says, not " +
                        std::to_string(rows.size()) + " numbers, " + std::to_string(count) +
                        " gains and " + std::to_string(positions.size()) + " positions");
    if (!std::ranges::all_of(gains, [](float gain) { return std::isfinite(gain) && gain >= 0; }))
        return fail(Code::invalid_argument, "a gain is 0 or more");
    if (std::ranges::any_of(rows, [](float value) { return std::isinf(value); }))
        return fail(Code::invalid_argument, "a feature is infinite; what is missing is NaN");
    return {};
}

RankingLog RankingLog::part(std::size_t begin, std::size_t end) const {
    const auto first = static_cast<std::ptrdiff_t>(begin_of(begin));
    const auto last = static_cast<std::ptrdiff_t>(begin_of(end));
    RankingLog out{.features = features,
                   .rows = {rows.begin() + first * features, rows.begin() + last * features},
                   .gains = {gains.begin() + first, gains.begin() + last},
                   .positions = {positions.begin() + first, positions.begin() + last},
                   .ends = {}};
    for (std::size_t d = begin; d < end; ++d)
        out.ends.push_back(ends[d] - static_cast<std::uint32_t>(first));
    return out;
}

PositionBias position_bias(std::span<const ShownAt> shown, const PositionBiasOptions& options) {
    std::size_t positions = 0;
    std::size_t items = 0;
    const auto place_of = [&](const ShownAt& one) {
        return std::min<std::size_t>(one.position, options.positions_max - 1);
    };
    double clicked = 0;
    double looked = 0;
    for (const ShownAt& one : shown) {
        positions = std::max(positions, place_of(one) + 1);
        items = std::max<std::size_t>(items, one.item + 1);
        clicked += one.clicked;
        looked += one.shown * discount(place_of(one));
    }
    if (positions == 0 || clicked <= 0) return {};

    // Appeals are drawn to the mean as if each item had been looked at until it would have earned one click.
    const double mean = clicked / looked;
    std::vector<double> chances(positions);
    for (std::size_t k = 0; k < positions; ++k) chances[k] = discount(k);
    std::vector<double> appeals(items);
    for (int turn = 0; turn < kTurnsMax; ++turn) {
        std::vector<double> clicks(items, 1.0);
        std::vector<double> looks(items, 1 / mean);
        for (const ShownAt& one : shown) {
            clicks[one.item] += one.clicked;
            looks[one.item] += one.shown * chances[place_of(one)];
        }
        for (std::size_t i = 0; i < items; ++i) appeals[i] = clicks[i] / looks[i];
        std::vector<double> seen(positions);
        std::vector<double> expected(positions, options.shown_before * mean);
        for (std::size_t k = 0; k < positions; ++k) seen[k] = expected[k] * discount(k);
        for (const ShownAt& one : shown) {
            seen[place_of(one)] += one.clicked;
            expected[place_of(one)] += one.shown * appeals[one.item];
        }
        double change = 0;
        for (std::size_t k = 0; k < positions; ++k) {
            const double next = seen[k] / expected[k];
            change = std::max(change, std::abs(next - chances[k]));
            chances[k] = next;
        }
        if (change < kSettled) break;
    }
    const double best = std::ranges::max(chances);
    for (double& chance : chances) chance = std::clamp(chance / best, options.chance_min, 1.0);
    return {std::move(chances)};
}

double ndcg(const RankingLog& log, std::span<const float> scores, const PositionBias& bias,
            std::size_t limit) {
    double earned = 0;
    double possible = 0;
    std::vector<double> gains;
    std::vector<std::uint32_t> order;
    for (std::size_t d = 0; d < log.decisions(); ++d) {
        const std::size_t begin = log.begin_of(d);
        const std::size_t count = log.ends[d] - begin;
        gains.resize(count);
        for (std::size_t i = 0; i < count; ++i)
            gains[i] = log.gains[begin + i] / bias.chance(log.positions[begin + i]);
        // Of equals, what stood above stays above: nobody gains by telling nothing apart.
        order_by(scores.subspan(begin, count), order);
        earned += dcg(gains, order, limit);
        order_by(std::span<const double>(gains), order);
        possible += dcg(gains, order, limit);
    }
    return possible > 0 ? earned / possible : 0;
}

}  // namespace attune::learn
