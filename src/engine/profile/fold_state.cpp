#include "engine/profile/fold_state.h"

#include "engine/profile/session_unit.h"

#include <algorithm>
#include <tuple>

namespace attune::engine {

void EventTally::add(const EventTally& other) {
    count += other.count;
    recent.merge(other.recent);
    value_micros.add(other.value_micros.value());
    first = std::min(first, other.first);
    last = std::max(last, other.last);
}

void UseTally::add(const UseTally& other) {
    last = std::max(last, other.last);
    count += other.count;
}

void TopicTally::add(const TopicTally& other) {
    weight.merge(other.weight);
    last = std::max(last, other.last);
    count += other.count;
}

void AssignmentTally::add(const AssignmentTally& other) {
    last = std::max(last, other.last);
    const std::int64_t began = session_began(unit.view());
    const std::int64_t other_began = session_began(other.unit.view());
    if (std::tie(began, other.first, other.variant, other.unit) <
        std::tie(other_began, first, variant, unit)) {
        first = other.first;
        variant = other.variant;
        unit = other.unit;
    }
}

void FoldState::merge(const FoldState& other) {
    namespace limit = fold_limits;
    // Decisions are no events of their own, so there are states of version 0 that have some.
    if (assignments.merge(other.assignments, limit::kAssignments))
        truncated |= kTruncatedAssignments;
    truncated |= other.truncated;
    if (other.version == 0) return;
    first_seen = version == 0 ? other.first_seen : std::min(first_seen, other.first_seen);
    last_seen = version == 0 ? other.last_seen : std::max(last_seen, other.last_seen);
    version += other.version;
    if (counts.merge(other.counts, limit::kEventNames)) truncated |= kTruncatedCounts;
    if (topics.merge(other.topics, limit::kTopics)) truncated |= kTruncatedTopics;
    if (pages.merge(other.pages, limit::kPages)) truncated |= kTruncatedPages;
    if (features.merge(other.features, limit::kFeatures)) truncated |= kTruncatedFeatures;
    if (devices.merge(other.devices, limit::kDevices)) truncated |= kTruncatedDevices;
    if (settings.merge(other.settings, limit::kSettings)) truncated |= kTruncatedSettings;
    for (const HourCount& hour : other.activity) add_activity(hour.slot, hour.count);
    sessions.merge(other.sessions);
    if (sessions.archived().count > 0) truncated |= kTruncatedSessions;
    traits.merge(other.traits, limit::kTraits);
    preferences.merge(other.preferences, limit::kPreferences);
    consent.merge(other.consent, limit::kPurposes);
    groups.merge(other.groups, limit::kGroups);
    user_ids.merge(other.user_ids, limit::kIdentities);
    anonymous_ids.merge(other.anonymous_ids, limit::kIdentities);
    recent_items.merge(other.recent_items, limit::kRecentItems);
    searches.merge(other.searches, limit::kSearches);
    feedback.merge(other.feedback, limit::kFeedback);
    for (const PurchaseEntry& purchase : other.purchases) add_purchase(purchase);
}

void FoldState::add_activity(std::uint8_t slot, std::uint32_t count) {
    auto at = std::ranges::lower_bound(activity, slot, {}, &HourCount::slot);
    if (at == activity.end() || at->slot != slot) at = activity.insert(at, {slot, 0});
    at->count += count;
}

void FoldState::add_purchase(PurchaseEntry purchase) {
    if (purchases.size() == fold_limits::kPurchases) {
        if (purchase <= purchases.front()) return;
        purchases.erase(purchases.begin());
    }
    purchases.insert(std::ranges::upper_bound(purchases, purchase), std::move(purchase));
}

std::size_t FoldState::bytes() const {
    std::size_t bytes = sizeof *this;
    bytes += counts.heap_bytes() + topics.heap_bytes() + pages.heap_bytes() + features.heap_bytes();
    bytes += devices.heap_bytes() + settings.heap_bytes() + assignments.heap_bytes();
    bytes += activity.capacity() * sizeof(HourCount) + sessions.kept().capacity() * sizeof(Session);
    for (const LatestMap* map : {&traits, &preferences, &consent, &groups, &user_ids,
                                 &anonymous_ids, &recent_items, &searches, &feedback}) {
        bytes += map->heap_bytes();
    }
    bytes += purchases.capacity() * sizeof(PurchaseEntry);
    for (const PurchaseEntry& purchase : purchases) bytes += purchase.item.heap_bytes();
    return bytes;
}

}  // namespace attune::engine
