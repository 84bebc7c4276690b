#include "engine/experiment/exposure_trails.h"

#include "base/keyed_hash.h"
#include "engine/profile/session_set.h"

#include <algorithm>

namespace attune::engine {
namespace {

using domain::MetricAttribution;

constexpr base::Duration kGap{SessionSet::kGapUs};

base::Id128 key_of(std::string_view decision_id) {
    return base::hash128(base::HashKey{}, decision_id);
}

}  // namespace

ExposureTrails::ExposureTrails(const domain::Experiment& definition) {
    for (const domain::ExperimentMetric& metric : definition.metrics) {
        follow_decisions_ |= metric.attribution == MetricAttribution::decision;
        follow_sessions_ |= metric.attribution == MetricAttribution::same_session;
    }
}

// Whether this is part of the session that the newest exposure is part of.
bool ExposureTrails::goes_on(Trail& trail, base::Time at) {
    if (at < trail.session_begin || at > trail.session_end + kGap) return false;
    trail.session_end = std::max(trail.session_end, at);
    return true;
}

void ExposureTrails::keep(Trail& trail, const Decision& decision) {
    if (trail.decisions.size() == kDecisionsMax) trail.decisions.erase(trail.decisions.begin());
    trail.decisions.push_back(decision);
}

AttributionSet ExposureTrails::expose(store::PersonId person, UnitKey unit,
                                      std::string_view decision_id, base::Time at) {
    if (!are_kept()) return {};
    AttributionSet fresh;
    const auto [found, is_first] =
        trails_.try_emplace(person, Trail{.session_begin = at, .session_end = at});
    Trail& trail = found->second;
    if (is_first || (!goes_on(trail, at) && at > trail.session_end)) {
        trail.session_begin = trail.session_end = at;
        fresh.insert(MetricAttribution::same_session);
    }
    if (!follow_decisions_ || decision_id.empty()) return fresh;
    const base::Id128 key = key_of(decision_id);
    if (std::ranges::find(trail.decisions, key, &Decision::id) != trail.decisions.end())
        return fresh;
    keep(trail, {key, unit});
    fresh.insert(MetricAttribution::decision);
    return fresh;
}

AttributionSet ExposureTrails::kinds_of(store::PersonId person, const ReadEvent& event) {
    AttributionSet kinds{MetricAttribution::after_exposure};
    const auto trail = trails_.find(person);
    if (trail != trails_.end() && goes_on(trail->second, event.time))
        kinds.insert(MetricAttribution::same_session);
    return kinds;
}

std::optional<UnitKey> ExposureTrails::answered_by(store::PersonId person,
                                                   const ReadEvent& event) const {
    if (!follow_decisions_ || event.decision_id.empty()) return std::nullopt;
    const auto trail = trails_.find(person);
    if (trail == trails_.end()) return std::nullopt;
    const auto& decisions = trail->second.decisions;
    const auto found = std::ranges::find(decisions, key_of(event.decision_id), &Decision::id);
    return found == decisions.end() ? std::nullopt : std::optional(found->unit);
}

void ExposureTrails::merge(store::PersonId from, store::PersonId into) {
    const auto found = trails_.find(from);
    if (found == trails_.end() || from == into) return;
    const Trail old = std::move(found->second);
    trails_.erase(from);
    const auto [whole, is_first] = trails_.try_emplace(into, old);
    if (is_first) return;
    Trail& trail = whole->second;
    for (const Decision& one : old.decisions) keep(trail, one);
    if (old.session_end <= trail.session_end) return;
    trail.session_begin = old.session_begin;
    trail.session_end = old.session_end;
}

}  // namespace attune::engine
