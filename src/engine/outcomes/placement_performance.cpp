#include "engine/outcomes/placement_performance.h"

#include <algorithm>
#include <cmath>

namespace attune::engine {
namespace {

std::optional<double> ratio(double sum, double count) {
    return count > 0 ? std::optional(sum / count) : std::nullopt;
}

std::optional<double> mean(const ListSums::Mean& one) {
    return ratio(one.sum, static_cast<double>(one.lists));
}

ListPerformance of_lists(const ListSums& sums) {
    const auto lists = static_cast<double>(sums.lists);
    const auto hits = static_cast<double>(sums.hits);
    return {.lists = sums.lists,
            .impressions = sums.impressions,
            .clicks = sums.clicks,
            .purchases = sums.purchases,
            .click_rate = click_rate(sums.clicks, sums.impressions),
            .hit_rate = ratio(hits, lists),
            .precision_at_10 = ratio(sums.precision, lists),
            .mrr = ratio(sums.reciprocal_rank, hits),
            .ndcg_at_10 = ratio(sums.ndcg, hits),
            .diversity = mean(sums.diversity),
            .novelty = mean(sums.novelty),
            .popularity_share = mean(sums.popularity)};
}

// What was shown and has left the catalogue since would make it more than all.
std::optional<double> coverage_of(const ItemsSeen& items, std::size_t catalogue) {
    const auto share = ratio(static_cast<double>(items.count()), static_cast<double>(catalogue));
    return share ? std::optional(std::min(*share, 1.0)) : std::nullopt;
}

std::string text_of(std::chrono::sys_days day) {
    return base::format_time(base::Time(day.time_since_epoch())).substr(0, 10);
}

}  // namespace

std::optional<ClickRate> click_rate(std::uint64_t clicks, std::uint64_t impressions) {
    if (impressions == 0) return std::nullopt;
    constexpr double kZ = 1.959963984540054;  // 97.5 % of the normal distribution lie below
    const auto n = static_cast<double>(impressions);
    const double p = static_cast<double>(clicks) / n;
    const double centre = p + kZ * kZ / (2 * n);
    const double spread = kZ * std::sqrt(p * (1 - p) / n + kZ * kZ / (4 * n * n));
    const double scale = 1 + kZ * kZ / n;
    return ClickRate{.value = p,
                     .low = std::max(0.0, (centre - spread) / scale),
                     .high = std::min(1.0, (centre + spread) / scale)};
}

PlacementPerformance performance_of(std::string_view placement, const PlacementCounts* counts,
                                    bool is_current, std::size_t catalogue_items) {
    PlacementPerformance out{.placement_id = std::string(placement), .is_current = is_current};
    if (counts == nullptr) return out;
    out.since = counts->since();
    out.all = of_lists(counts->all());
    out.items = counts->items().count();
    out.coverage = coverage_of(counts->items(), catalogue_items);
    for (const auto& [day, one] : counts->days())
        out.days.push_back({.day = text_of(day),
                            .performance = of_lists(one.sums),
                            .items = one.items.count(),
                            .coverage = coverage_of(one.items, catalogue_items)});
    for (const ItemSums& one : counts->slots())
        out.slots.push_back({.slot = static_cast<std::uint32_t>(out.slots.size() + 1),
                             .impressions = one.impressions,
                             .clicks = one.clicks,
                             .click_rate = click_rate(one.clicks, one.impressions)});
    for (const auto& [source, one] : counts->sources())
        out.sources.push_back({.source = source,
                               .impressions = one.impressions,
                               .clicks = one.clicks,
                               .click_rate = click_rate(one.clicks, one.impressions)});
    for (const auto& [version, sums] : counts->versions())
        out.versions.push_back({.version = version, .performance = of_lists(sums)});
    return out;
}

}  // namespace attune::engine
