// PlacementPerformance: how well a placement does, in the numbers that offline evaluation uses too (learn/evaluate), from what was
// counted (placement_counts.h). The structs are the wire form.
//
// A click is an item that something was done with that speaks for it (a view, a click, a purchase, … by the tenant's event
// weights) after it was shown; it counts once a list. Lists that nobody answered count for hit rate and precision, and not for MRR and
// NDCG, which tell how near the top the right ones stood.
#pragma once

#include "engine/outcomes/placement_counts.h"

#include <optional>
#include <string>
#include <vector>

namespace attune::engine {

// Clicks over impressions, with the 95 % interval of Wilson (1927), which holds for few impressions and for rates near 0 too.
struct ClickRate {
    double value = 0;
    double low = 0;
    double high = 1;
};
// Empty where there was none to click.
[[nodiscard]] std::optional<ClickRate> click_rate(std::uint64_t clicks, std::uint64_t impressions);

struct ListPerformance {
    std::uint64_t lists = 0;
    std::uint64_t impressions = 0;
    std::uint64_t clicks = 0;
    std::uint64_t purchases = 0;
    std::optional<ClickRate> click_rate;
    std::optional<double> hit_rate;         // of lists, how many were clicked at all
    std::optional<double> precision_at_10;  // of the first ten items, how many were clicked
    std::optional<double> mrr;              // 1 / the place of the first click; of clicked lists
    std::optional<double> ndcg_at_10;       // by what was earned; of clicked lists
    std::optional<double> diversity;        // pairs of items without a label in common
    std::optional<double> novelty;          // 0: everybody knows it; 1: hardly anybody does
    std::optional<double>
        popularity_share;  // of items, how many are among the hundred most touched
};

struct PerformanceOfDay {
    std::string day;  // "2026-02-17", in UTC
    ListPerformance performance;
    std::uint64_t items = 0;         // different ones that were shown
    std::optional<double> coverage;  // as a share of the catalogue of today
};

struct PerformanceOfVersion {
    std::uint64_t version = 0;
    ListPerformance performance;
};

struct PerformanceOfSlot {
    std::uint32_t slot = 1;
    std::uint64_t impressions = 0;
    std::uint64_t clicks = 0;
    std::optional<ClickRate> click_rate;
};

struct PerformanceOfSource {
    std::string source;  // that spoke most for the item; "pinned", "explored", or "none"
    std::uint64_t impressions = 0;
    std::uint64_t clicks = 0;
    std::optional<ClickRate> click_rate;
};

struct PlacementPerformance {
    std::string placement_id;
    std::optional<base::Time> since;  // the first list that the log still has
    bool is_current = true;           // false: the log is still being read
    ListPerformance all;
    std::uint64_t items = 0;
    std::optional<double> coverage;
    std::vector<PerformanceOfDay> days;  // the newest last
    std::vector<PerformanceOfSlot> slots;
    std::vector<PerformanceOfSource> sources;
    std::vector<PerformanceOfVersion> versions;
};

// `counts` may be null: nothing was shown.
[[nodiscard]] PlacementPerformance performance_of(std::string_view placement,
                                                  const PlacementCounts* counts, bool is_current,
                                                  std::size_t catalogue_items);

}  // namespace attune::engine
