#include "engine/experiment/choice_counter.h"

#include "domain/event.h"

#include <algorithm>
#include <chrono>
#include <iterator>

namespace attune::engine {
namespace {

constexpr std::size_t kNamesMax = 20'000;  // twice as many rules as a tenant may have
constexpr std::size_t kVersionsMax = 50;   // of one; older ones count together
constexpr std::size_t kDaysMax = 1'000;    // older ones count together

std::int64_t day_of(base::Time time) {
    return std::chrono::floor<std::chrono::days>(time).time_since_epoch().count();
}

}  // namespace

ChoiceCounter::ChoiceCounter(std::string prefix, store::Position from)
    : LogListener(from), prefix_(std::move(prefix)) {}

bool ChoiceCounter::cares_about(const ReadEvent& event) const {
    return event.event == domain::event_names::kDecision;
}

Result<void> ChoiceCounter::take(const FollowedEvent& event) {
    ++by_day_[day_of(event.read.time)];
    if (by_day_.size() > kDaysMax) {
        const auto oldest = by_day_.begin();
        std::next(oldest)->second += oldest->second;
        by_day_.erase(oldest);
    }
    for (const Exposure& one : event.read.exposures) {
        if (!one.of.starts_with(prefix_)) continue;
        auto found = counts_.find(one.of);
        if (found == counts_.end()) {
            if (counts_.size() >= kNamesMax) {
                is_full_ = true;
                continue;
            }
            found = counts_.emplace(one.of, std::vector<OfVersion>{}).first;
        }
        std::vector<OfVersion>& versions = found->second;
        auto place = std::ranges::lower_bound(versions, one.version, {}, &OfVersion::version);
        if (place == versions.end() || place->version != one.version)
            place = versions.insert(place, {one.version, {}});
        ++place->count.decisions;
        place->count.last = std::max(place->count.last, event.read.time);
        if (versions.size() <= kVersionsMax) continue;
        versions[1].count.decisions += versions[0].count.decisions;
        versions[1].count.last = std::max(versions[0].count.last, versions[1].count.last);
        versions.erase(versions.begin());
    }
    return {};
}

std::uint64_t ChoiceCounter::decisions_since(base::Time time) const {
    std::uint64_t sum = 0;
    for (auto day = by_day_.lower_bound(day_of(time)); day != by_day_.end(); ++day)
        sum += day->second;
    return sum;
}

ChoiceCount ChoiceCounter::count(std::string_view of, std::uint64_t since_version) const {
    ChoiceCount sum;
    const auto found = counts_.find(of);
    if (found == counts_.end()) return sum;
    for (const OfVersion& one : found->second) {
        if (one.version < since_version) continue;
        sum.decisions += one.count.decisions;
        sum.last = std::max(sum.last, one.count.last);
    }
    return sum;
}

}  // namespace attune::engine
