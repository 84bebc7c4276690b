#include "engine/activity/recent_counts.h"

#include <cmath>

namespace attune::engine {

void RecentCounts::add(ItemNumber item, std::int64_t quarter) {
    if (quarters_.empty() || quarter > newest_) advance(quarter);
    if (quarter <= newest_ - kQuarters) return;
    while (!is_known(quarter)) quarters_.emplace_back();
    ++at(quarter)[item];
    all_.add(item);
    if (is_recent(quarter)) recent_.add(item);
}

void RecentCounts::take(ItemNumber item, std::int64_t quarter) {
    if (!is_known(quarter)) return;
    Quarter& counts = at(quarter);
    const auto found = counts.find(item);
    if (--found->second == 0) counts.erase(found);
    all_.take(item);
    if (is_recent(quarter)) recent_.take(item);
}

void RecentCounts::advance(std::int64_t quarter) {
    if (quarters_.empty() || quarter - newest_ >= kQuarters) {
        quarters_.clear();
        recent_ = {};
        all_ = {};
        quarters_.emplace_back();
        newest_ = quarter;
        return;
    }
    while (newest_ < quarter) begin_quarter();
}

void RecentCounts::begin_quarter() {
    quarters_.emplace_front();
    ++newest_;
    if (quarters_.size() > kRecentQuarters)
        for (const auto& [item, count] : quarters_[kRecentQuarters]) recent_.take(item, count);
    if (quarters_.size() > kQuarters) {
        for (const auto& [item, count] : quarters_.back()) all_.take(item, count);
        quarters_.pop_back();
    }
}

// As many as there is anything to tell of: a log that began yesterday has no fortnight.
std::int64_t RecentCounts::baseline_quarters() const {
    auto known = static_cast<std::int64_t>(quarters_.size());
    while (known > kRecentQuarters && quarters_[static_cast<std::size_t>(known - 1)].empty())
        --known;
    return std::max<std::int64_t>(0, known - kRecentQuarters);
}

std::vector<learn::Scored> RecentCounts::trending(std::size_t limit, const learn::ItemMask& mask,
                                                  std::uint32_t people_min,
                                                  std::int64_t now) const {
    if (quarters_.empty() || quarter_of(now) - newest_ >= kRecentQuarters) return {};
    const auto baseline = static_cast<float>(baseline_quarters());
    const float share = baseline > 0 ? static_cast<float>(kRecentQuarters) / baseline : 0;
    return recent_.best(limit, mask, std::max<std::uint32_t>(people_min, 1), [&](ItemNumber item) {
        const auto recent = static_cast<float>(recent_[item]);
        const float expected = share * static_cast<float>(all_[item] - recent_[item]);
        return (recent - expected) / std::sqrt(expected + 1);
    });
}

std::size_t RecentCounts::bytes() const {
    std::size_t sum = recent_.bytes() + all_.bytes();
    for (const Quarter& quarter : quarters_)
        sum += quarter.bucket_count() * (sizeof(Quarter::value_type) + 1);
    return sum;
}

}  // namespace attune::engine
