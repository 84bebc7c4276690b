#include "engine/bandit/rewarded_draws.h"

#include "base/keyed_hash.h"

#include <algorithm>
#include <chrono>

namespace attune::engine {
namespace {

using domain::MetricAttribution;
using domain::MetricKind;

constexpr std::size_t kLookedBackMax = 1'000;  // events of one person
constexpr std::size_t kArmsMax = 1'000;
constexpr double kRewardMax = 1e50;  // whose square is still a number
constexpr base::Duration kLate = std::chrono::hours(24);

base::Duration window_of(const domain::ExperimentMetric& metric) {
    return std::chrono::seconds(metric.window_seconds);
}

domain::Experiment measured_by(const domain::ExperimentMetric& metric) {
    domain::Experiment experiment;
    experiment.metrics = {metric};
    return experiment;
}

base::Id128 decision_key(std::string_view id) { return base::hash128(base::HashKey{}, id); }

}  // namespace

RewardedDraws::RewardedDraws(store::Store& store, TenantId tenant, DrawsWanted wanted,
                             DrawListener& listener)
    : store_(store),
      tenant_(tenant),
      wanted_(std::move(wanted)),
      listener_(listener),
      arms_(wanted_.arms),
      trails_(measured_by(wanted_.reward)) {}

bool RewardedDraws::cares_about(const ReadEvent& event) const {
    return event.may_link() || looks_at(event) ||
           std::ranges::any_of(event.exposures,
                               [&](const Exposure& one) { return is_wanted(one); });
}

Result<void> RewardedDraws::take(const FollowedEvent& event) {
    now_ = std::max(now_, event.read.received_at);
    if (!wanted_.is_kept) close_old();
    if (event.read.may_link()) ATTUNE_TRY_VOID(link(event.person));
    for (const Exposure& logged : event.read.exposures)
        if (is_wanted(logged)) ATTUNE_TRY_VOID(begin(event, logged));
    if (looks_at(event.read)) answer(event);
    return {};
}

RewardedDraws::UnitKey RewardedDraws::unit_of(store::PersonId person, const Exposure& draw) const {
    if (is_of_persons()) return person;
    std::string words = draw.unit;
    // Two people's sessions are never one, whatever they are called.
    if (wanted_.unit == domain::ExperimentUnit::session)
        words.append(1, '\x1f').append(person.view());
    return base::hash128(base::HashKey{}, words);
}

std::optional<std::size_t> RewardedDraws::arm_of(std::string_view chosen) {
    const auto found = std::ranges::find(arms_, chosen);
    if (found == arms_.end()) {
        if (!wanted_.arms.empty() || arms_.size() >= kArmsMax) return std::nullopt;
        arms_.emplace_back(chosen);
        return arms_.size() - 1;
    }
    return static_cast<std::size_t>(found - arms_.begin());
}

// The first draw of a unit stands: another one that was made before this one was known is told by the same log, later.
Result<void> RewardedDraws::begin(const FollowedEvent& event, const Exposure& logged) {
    const auto arm = arm_of(logged.chosen);
    if (!arm) return {};
    const UnitKey unit = unit_of(event.person, logged);
    if (is_of_persons()) {
        // Two who became one were drawn for before they did.
        const auto earlier = current_.find(event.person);
        if (earlier != current_.end() && open_.contains(earlier->second)) {
            trails_.expose(event.person, earlier->second, event.read.decision_id, event.read.time);
            return {};
        }
    }
    trails_.expose(event.person, unit, event.read.decision_id, event.read.time);
    if (open_.contains(unit)) {
        current_[event.person] = unit;
        return {};
    }
    Draw draw{.arm = *arm, .probability = logged.probability, .at = event.read.time};
    if (!listener_.drawn(draw, event.read.features)) return {};
    if (open_.size() >= wanted_.open_max) close_oldest();
    Draw& kept = open_.insert_or_assign(unit, std::move(draw)).first->second;
    if (!wanted_.is_kept) oldest_.push_back(unit);
    current_[event.person] = unit;
    if (!event.read.decision_id.empty()) decided_[decision_key(event.read.decision_id)] = unit;
    return look_back(event, kept);
}

// Decisions are written behind the answers: what somebody did at once may stand before the draw that it answers. It was
// received after it, which ends the look back.
Result<void> RewardedDraws::look_back(const FollowedEvent& event, Draw& draw) {
    std::size_t looked_at = 0;
    std::vector<ReadEvent> events;
    ATTUNE_TRY_VOID(store_.scan_user_back(
        tenant_, event.person, event.position, [&](const store::LoggedEvent& logged) {
            auto read = read_event(logged.payload);
            if (!read) return true;
            if (read->received_at < draw.at || ++looked_at > kLookedBackMax) return false;
            if (looks_at(*read)) events.push_back(*std::move(read));
            return true;
        }));
    // A session goes on from one to the next.
    std::ranges::sort(events, {}, &ReadEvent::time);
    for (const ReadEvent& one : events) {
        AttributionSet kinds = trails_.kinds_of(event.person, one);
        if (!one.decision_id.empty() && one.decision_id == event.read.decision_id)
            kinds.insert(MetricAttribution::decision);
        if (one.event == wanted_.reward.event && kinds.has(wanted_.reward.attribution))
            reward(draw, one);
    }
    return {};
}

// Two are one from now on, and what they do answers what either was given: of persons the first draw, of sessions the
// newest.
Result<void> RewardedDraws::link(store::PersonId person) {
    if (open_.empty()) return {};
    ATTUNE_TRY(const auto whole, store_.person(tenant_, person));
    if (!whole || whole->members.empty()) return {};
    const auto draw_of = [&](store::PersonId one) -> const std::pair<const UnitKey, Draw>* {
        const auto unit = current_.find(one);
        if (unit == current_.end()) return nullptr;
        const auto found = open_.find(unit->second);
        return found == open_.end() ? nullptr : &*found;
    };
    const auto* best = draw_of(whole->id);
    for (const store::PersonId& member : whole->members) {
        trails_.merge(member, whole->id);
        const auto* one = draw_of(member);
        if (one == nullptr) continue;
        const bool is_better =
            best == nullptr || (!is_of_persons() ? one->second.at > best->second.at
                                                 : one->second.at < best->second.at);
        if (is_better) best = one;
    }
    if (best != nullptr) current_[whole->id] = best->first;
    return {};
}

void RewardedDraws::answer(const FollowedEvent& event) {
    const AttributionSet kinds = trails_.kinds_of(event.person, event.read);
    if (event.read.event != wanted_.reward.event) return;
    if (wanted_.reward.attribution == MetricAttribution::decision) {
        const auto answered = trails_.answered_by(event.person, event.read);
        if (answered && open_.contains(*answered)) reward(open_.at(*answered), event.read);
        return;
    }
    if (!kinds.has(wanted_.reward.attribution)) return;
    auto unit = decided_.end();
    if (!event.read.decision_id.empty()) unit = decided_.find(decision_key(event.read.decision_id));
    if (unit == decided_.end()) {
        unit = current_.find(event.person);
        if (unit == current_.end()) return;
    }
    if (const auto draw = open_.find(unit->second); draw != open_.end())
        reward(draw->second, event.read);
}

void RewardedDraws::reward(Draw& draw, const ReadEvent& event) {
    if (event.time < draw.at || event.time >= draw.at + window_of(wanted_.reward)) return;
    const double before = draw.value;
    draw.total += wanted_.reward.kind == MetricKind::sum ? event.value.value_or(0) : 1;
    draw.total = std::clamp(draw.total, -kRewardMax, kRewardMax);
    draw.value = wanted_.reward.kind == MetricKind::conversion ? 1 : draw.total;
    if (wanted_.reward.cap) draw.value = std::min(draw.value, *wanted_.reward.cap);
    if (draw.value != before) listener_.rewarded(draw, before);
}

void RewardedDraws::close_old() {
    while (!oldest_.empty()) {
        const auto draw = open_.find(oldest_.front());
        if (draw != open_.end() && draw->second.at + window_of(wanted_.reward) + kLate > now_)
            return;
        close_oldest();
    }
}

void RewardedDraws::close_oldest() {
    if (oldest_.empty()) return;
    if (const auto draw = open_.find(oldest_.front()); draw != open_.end()) {
        listener_.closed(draw->second);
        open_.erase(draw);
    }
    oldest_.pop_front();
    sweep();
}

// Names of draws that were closed, once they are as many as those of open ones.
void RewardedDraws::sweep() {
    const std::size_t most = (2 * open_.size()) + 1'024;
    const auto is_closed = [&](const auto& one) { return !open_.contains(one.second); };
    if (current_.size() > most) erase_if(current_, is_closed);
    if (decided_.size() > most) erase_if(decided_, is_closed);
}

}  // namespace attune::engine
