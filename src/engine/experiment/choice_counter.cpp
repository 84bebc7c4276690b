#include "engine/experiment/choice_counter.h"

#include <algorithm>

namespace attune::engine {
namespace {

constexpr std::size_t kNamesMax = 20'000;  // twice as many rules as a tenant may have
constexpr std::size_t kVersionsMax = 50;   // of one; older ones count together

}  // namespace

ChoiceCounter::ChoiceCounter(std::string prefix, store::Position from)
    : LogListener(from), prefix_(std::move(prefix)) {}

bool ChoiceCounter::cares_about(const ReadEvent& event) const {
    return std::ranges::any_of(event.exposures,
                               [&](const Exposure& one) { return one.of.starts_with(prefix_); });
}

Result<void> ChoiceCounter::take(const FollowedEvent& event) {
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
