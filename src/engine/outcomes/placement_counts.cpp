#include "engine/outcomes/placement_counts.h"

#include <algorithm>
#include <cmath>
#include <functional>

namespace attune::engine {
namespace {

constexpr std::size_t kFromMax = 64;  // different ones

// What a list that was answered adds: as of what its items have earned.
struct Contribution {
    double precision = 0;
    double reciprocal_rank = 0;
    double ndcg = 0;
};

double discounted(std::span<const float> gains) {
    double sum = 0;
    for (std::size_t i = 0; i < std::min(gains.size(), kListMetricsAt); ++i)
        sum += double{gains[i]} / std::log2(static_cast<double>(i) + 2);
    return sum;
}

Contribution contribution_of(std::span<const float> gains) {
    Contribution out;
    const auto first = std::ranges::find_if(gains, [](float one) { return one > 0; });
    if (first == gains.end()) return out;
    out.reciprocal_rank = 1 / static_cast<double>(first - gains.begin() + 1);
    const auto top = gains.first(std::min(gains.size(), kListMetricsAt));
    out.precision =
        static_cast<double>(std::ranges::count_if(top, [](float one) { return one > 0; })) /
        static_cast<double>(top.size());
    std::vector<float> best(gains.begin(), gains.end());
    std::ranges::sort(best, std::greater());
    out.ndcg = discounted(gains) / discounted(best);
    return out;
}

std::chrono::sys_days day_of(base::Time time) {
    return std::chrono::floor<std::chrono::days>(
        std::chrono::sys_time<base::Duration>(time.time_since_epoch()));
}

std::string_view from_of(const OpenList& list, std::size_t slot) {
    return slot < list.from.size() ? std::string_view(list.from[slot]) : "none";
}

}  // namespace

void ListSums::shown(const OpenList& list) {
    ++lists;
    impressions += list.items.size();
    diversity.add(list.nature.diversity);
    novelty.add(list.nature.novelty);
    popularity.add(list.nature.popularity);
}

void ListSums::answered(const OpenList& list, const ListAnswer& answer) {
    std::vector<float> before(list.gains);
    before[answer.slot] = answer.before;
    const Contribution then = contribution_of(before);
    const Contribution now = contribution_of(list.gains);
    precision += now.precision - then.precision;
    reciprocal_rank += now.reciprocal_rank - then.reciprocal_rank;
    ndcg += now.ndcg - then.ndcg;
    if (answer.before == 0) ++clicks;
    if (answer.event == domain::EventKind::purchase) ++purchases;
    if (std::ranges::none_of(before, [](float one) { return one > 0; })) ++hits;
}

void ItemsSeen::add(ItemNumber item) {
    if (item >= seen_.size()) seen_.resize(std::size_t{item} + 1 + item / 4);
    if (seen_[item]) return;
    seen_[item] = true;
    ++count_;
}

void PlacementCounts::shown(const OpenList& list) {
    if (all_.lists == 0) since_ = list.time;
    since_ = std::min(since_, list.time);
    all_.shown(list);
    versions_[list.scheme->version].shown(list);
    if (versions_.size() > kVersionsMax) versions_.erase(versions_.begin());
    DaySums& day = days_[day_of(list.time)];
    day.sums.shown(list);
    for (std::size_t slot = 0; slot < list.items.size(); ++slot) {
        items_.add(list.items[slot]);
        day.items.add(list.items[slot]);
        if (slot < kSlotsMax) {
            if (slots_.size() <= slot) slots_.resize(slot + 1);
            ++slots_[slot].impressions;
        }
        const std::string from(from_of(list, slot));
        if (sources_.size() < kFromMax || sources_.contains(from)) ++sources_[from].impressions;
    }
    if (days_.size() > kDaysMax) days_.erase(days_.begin());
}

void PlacementCounts::answered(const OpenList& list, const ListAnswer& answer) {
    all_.answered(list, answer);
    if (const auto found = versions_.find(list.scheme->version); found != versions_.end())
        found->second.answered(list, answer);
    if (const auto found = days_.find(day_of(list.time)); found != days_.end())
        found->second.sums.answered(list, answer);
    if (answer.before > 0) return;
    if (answer.slot < slots_.size()) ++slots_[answer.slot].clicks;
    const auto source = sources_.find(std::string(from_of(list, answer.slot)));
    if (source != sources_.end()) ++source->second.clicks;
}

}  // namespace attune::engine
