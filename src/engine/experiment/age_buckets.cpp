#include "engine/experiment/age_buckets.h"

#include <algorithm>

namespace attune::engine {

void AgeBuckets::add(std::size_t arm, base::Time exposed_at, const learn::Observation& one) {
    newest_ = std::max(newest_, exposed_at);
    cell(arm, exposed_at).add(one);
}

void AgeBuckets::remove(std::size_t arm, base::Time exposed_at, const learn::Observation& one) {
    cell(arm, exposed_at).remove(one);
}

base::Time AgeBuckets::end_of(std::size_t bucket) const {
    return *begin_ + length_ * static_cast<std::int64_t>(bucket + 1);
}

learn::SampleSums& AgeBuckets::cell(std::size_t arm, base::Time exposed_at) {
    if (!begin_) begin_ = exposed_at;
    // Whoever came before the beginning, by another clock, came first.
    const base::Duration age = std::max(exposed_at - *begin_, base::Duration::zero());
    while (age / length_ >= static_cast<std::int64_t>(kBuckets)) merge_neighbours();
    const auto bucket = static_cast<std::size_t>(age / length_);
    if (bucket >= size()) sums_.resize((bucket + 1) * arms_);
    return sums_[(bucket * arms_) + arm];
}

void AgeBuckets::merge_neighbours() {
    length_ *= 2;
    const std::size_t merged = (size() + 1) / 2;
    for (std::size_t bucket = 0; bucket < merged; ++bucket) {
        for (std::size_t arm = 0; arm < arms_; ++arm) {
            learn::SampleSums both = sums(arm, 2 * bucket);
            if ((2 * bucket) + 1 < size()) both += sums(arm, (2 * bucket) + 1);
            sums_[(bucket * arms_) + arm] = both;
        }
    }
    sums_.resize(merged * arms_);
}

}  // namespace attune::engine
