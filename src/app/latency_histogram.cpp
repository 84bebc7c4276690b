#include "app/load.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace attune::app {

// Below 32 each value has a bucket; above, each power of two is cut into 32.
std::size_t LatencyHistogram::bucket_of(std::uint64_t value) {
    if (value < 32) return value;
    const auto shift = static_cast<std::size_t>(std::bit_width(value)) - 6;
    const auto bucket = (shift + 1) * 32 + static_cast<std::size_t>((value >> shift) - 32);
    return std::min(bucket, kBuckets - 1);
}

std::uint64_t LatencyHistogram::top_of(std::size_t bucket) {
    if (bucket < 32) return bucket;
    const std::size_t shift = bucket / 32 - 1;
    return ((bucket % 32 + 33) << shift) - 1;
}

void LatencyHistogram::add(std::int64_t microseconds) {
    const auto value = static_cast<std::uint64_t>(std::max<std::int64_t>(microseconds, 0));
    ++counts_[bucket_of(value)];
    ++count_;
    largest_ = std::max(largest_, microseconds);
}

std::int64_t LatencyHistogram::percentile(double p) const {
    if (count_ == 0) return 0;
    const auto wanted = static_cast<std::uint64_t>(std::ceil(p * static_cast<double>(count_)));
    std::uint64_t below = 0;
    for (std::size_t bucket = 0; bucket < kBuckets; ++bucket) {
        below += counts_[bucket];
        if (below >= std::max<std::uint64_t>(wanted, 1)) {
            return std::min(static_cast<std::int64_t>(top_of(bucket)), largest_);
        }
    }
    return largest_;
}

}  // namespace attune::app
