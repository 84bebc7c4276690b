#include "engine/experiment/quantile_sketch.h"

#include <algorithm>
#include <cmath>
#include <iterator>

namespace attune::engine {
namespace {

constexpr double kWidth = 1.002;
constexpr double kSmallest = 1e-9;
constexpr double kLargest = 1e15;
// In a range of fewer numbers than these, gaps between them decide.
constexpr std::size_t kDistinctMin = 5;

// 0 is its own bucket; below it they count down.
std::int32_t bucket_of(double value) {
    const double size = std::min(std::abs(value), kLargest);
    if (!(size >= kSmallest)) return 0;
    const auto step = 1 + static_cast<std::int32_t>(std::log(size / kSmallest) / std::log(kWidth));
    return value < 0 ? -step : step;
}

double middle_of(std::int32_t bucket) {
    if (bucket == 0) return 0;
    const double size = kSmallest * std::pow(kWidth, std::abs(bucket) - 0.5);
    return bucket < 0 ? -size : size;
}

// Where it ends: below (side -1) or above (1).
double edge_of(std::int32_t bucket, int side) {
    if (bucket == 0) return 0;
    const double outward = bucket < 0 ? -side : side;
    return middle_of(bucket) * std::pow(kWidth, 0.5 * outward);
}

}  // namespace

void QuantileSketch::count(double value, std::int64_t by) {
    const auto at = buckets_.try_emplace(bucket_of(value)).first;
    at->second += static_cast<std::uint64_t>(by);
    n_ += static_cast<std::uint64_t>(by);
    if (at->second == 0) buckets_.erase(at);
}

QuantileSketch::Buckets::const_iterator QuantileSketch::bucket_at(double share) const {
    const auto rank = static_cast<std::uint64_t>(
        std::max(1.0, std::ceil(std::clamp(share, 0.0, 1.0) * static_cast<double>(n_))));
    std::uint64_t seen = 0;
    for (auto at = buckets_.begin(); at != buckets_.end(); ++at) {
        seen += at->second;
        if (seen >= rank) return at;
    }
    return std::prev(buckets_.end());
}

double QuantileSketch::quantile(double share) const {
    return n_ == 0 ? 0 : middle_of(bucket_at(share)->first);
}

// Numbers that are as fine as the buckets fill neighbouring ones, and a leap from one to the next is within the range.
bool QuantileSketch::is_coarse(Buckets::const_iterator first, Buckets::const_iterator last) const {
    const auto has_gap = [&](Buckets::const_iterator low, Buckets::const_iterator high) {
        return high != buckets_.end() && high->first > low->first + 1;
    };
    std::size_t distinct = 1;
    bool is_apart = false;
    for (auto at = first; at != last && distinct < kDistinctMin; ++at) {
        ++distinct;
        is_apart = is_apart || has_gap(at, std::next(at));
    }
    if (distinct == 1)
        is_apart = has_gap(last, std::next(last)) ||
                   (first != buckets_.begin() && has_gap(std::prev(first), first));
    return distinct < kDistinctMin && is_apart;
}

QuantileSketch::Range QuantileSketch::range(double from_share, double to_share) const {
    if (n_ == 0) return {};
    const auto first = bucket_at(from_share);
    const auto last = bucket_at(to_share);
    return {.lower = edge_of(first->first, -1),
            .upper = edge_of(last->first, 1),
            .is_coarse = is_coarse(first, last)};
}

}  // namespace attune::engine
