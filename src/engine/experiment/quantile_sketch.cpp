#include "engine/experiment/quantile_sketch.h"

#include <algorithm>
#include <cmath>

namespace attune::engine {
namespace {

constexpr double kWidth = 1.002;
constexpr double kSmallest = 1e-9;
constexpr double kLargest = 1e15;

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

}  // namespace

void QuantileSketch::count(double value, std::int64_t by) {
    const auto at = buckets_.try_emplace(bucket_of(value)).first;
    at->second += static_cast<std::uint64_t>(by);
    n_ += static_cast<std::uint64_t>(by);
    if (at->second == 0) buckets_.erase(at);
}

double QuantileSketch::quantile(double share) const {
    if (n_ == 0) return 0;
    const auto rank = static_cast<std::uint64_t>(
        std::max(1.0, std::ceil(std::clamp(share, 0.0, 1.0) * static_cast<double>(n_))));
    std::uint64_t seen = 0;
    for (const auto& [bucket, count] : buckets_) {
        seen += count;
        if (seen >= rank) return middle_of(bucket);
    }
    return middle_of(buckets_.rbegin()->first);
}

}  // namespace attune::engine
