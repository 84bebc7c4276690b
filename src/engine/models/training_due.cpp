#include "engine/models/training_due.h"

#include <algorithm>
#include <ranges>

namespace attune::engine {
namespace {

const ModelEntry* newest_of(ModelKind kind, std::span<const ModelEntry> all) {
    for (const ModelEntry& one : all | std::views::reverse)
        if (one.kind == kind) return &one;
    return nullptr;
}

// A training that failed for want of data would fail again with one touch more. It is tried again when there is clearly more.
std::uint64_t more_needed(std::uint64_t wanted, const ModelEntry& last, std::uint64_t before) {
    constexpr std::uint64_t kLeast = 20;
    constexpr std::uint64_t kPart = 10;
    if (last.state != ModelState::failed) return wanted;
    return std::max({wanted, kLeast, before / kPart});
}

bool is_time(double every_hours, const ModelEntry& last, base::Time now) {
    const auto hours = std::chrono::duration<double, std::ratio<3'600>>(now - last.created_at);
    return every_hours > 0 && hours.count() >= every_hours;
}

std::optional<std::string_view> why(bool by_time, bool by_change) {
    if (by_time) return "schedule";
    if (by_change) return "change";
    return std::nullopt;
}

}  // namespace

std::optional<std::string_view> why_recommender_is_due(const TrainingPlan& plan,
                                                       std::span<const ModelEntry> all,
                                                       const TrainingNow& now) {
    const ModelEntry* const last = newest_of(ModelKind::recommender, all);
    if (now.touches == 0) return std::nullopt;
    if (last == nullptr) return why(plan.every_hours > 0, plan.after_touches > 0);
    if (is_under_way(last->state)) return std::nullopt;
    // Not all of them are learned from.
    const std::uint64_t before = std::max(last->touches, last->all_touches);
    const std::uint64_t change = now.touches > before ? now.touches - before : before - now.touches;
    return why(is_time(plan.every_hours, *last, now.now),
               plan.after_touches > 0 && change >= more_needed(plan.after_touches, *last, before));
}

std::optional<std::string_view> why_ranker_is_due(const TrainingPlan& plan,
                                                  std::span<const ModelEntry> all,
                                                  const TrainingNow& now) {
    const ModelEntry* const last = newest_of(ModelKind::ranker, all);
    if (last != nullptr && is_under_way(last->state)) return std::nullopt;
    // Fewer than then is what is read again after a start, or somebody who was erased: nothing new.
    const std::uint64_t before = last == nullptr ? 0 : last->answered_lists;
    const std::uint64_t more = now.answered_lists - std::min(before, now.answered_lists);
    const std::uint64_t needed = last == nullptr
                                     ? plan.ranker_after_lists
                                     : more_needed(plan.ranker_after_lists, *last, before);
    const bool by_change = plan.ranker_after_lists > 0 && more >= needed;
    return why(last == nullptr ? plan.ranker_every_hours > 0
                               : is_time(plan.ranker_every_hours, *last, now.now),
               by_change);
}

}  // namespace attune::engine
