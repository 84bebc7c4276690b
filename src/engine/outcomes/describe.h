// The JSON of how placements do. Heavy to compile: for .cpp files.
#pragma once

#include "base/json.h"
#include "engine/outcomes/placement_performance.h"

namespace attune::engine {

BOOST_DESCRIBE_STRUCT(ClickRate, (), (value, low, high))
BOOST_DESCRIBE_STRUCT(ListPerformance, (),
                      (lists, impressions, clicks, purchases, click_rate, hit_rate, precision_at_10,
                       mrr, ndcg_at_10, diversity, novelty, popularity_share))
BOOST_DESCRIBE_STRUCT(PerformanceOfDay, (), (day, performance, items, coverage))
BOOST_DESCRIBE_STRUCT(PerformanceOfVersion, (), (version, performance))
BOOST_DESCRIBE_STRUCT(PerformanceOfSlot, (), (slot, impressions, clicks, click_rate))
BOOST_DESCRIBE_STRUCT(PerformanceOfSource, (), (source, impressions, clicks, click_rate))
BOOST_DESCRIBE_STRUCT(PlacementPerformance, (),
                      (placement_id, since, is_current, all, items, coverage, days, slots, sources,
                       versions))

}  // namespace attune::engine

namespace attune::base {

template <>
struct Fields<engine::ClickRate> {
    static constexpr FieldRule rules[] = {
        {.name = "value", .doc = "Clicks over impressions."},
        {.name = "low", .doc = "The lower end of the 95 % interval (Wilson)."},
    };
};

template <>
struct Fields<engine::ListPerformance> {
    static constexpr FieldRule rules[] = {
        {.name = "lists", .doc = "Answers that were shown to somebody known."},
        {.name = "impressions", .doc = "Items in them."},
        {.name = "clicks",
         .doc = "Items that something was done with that speaks for them; once a list."},
        {.name = "hit_rate", .doc = "Of lists, how many were clicked at all."},
        {.name = "precision_at_10", .doc = "Of the first ten items, how many were clicked."},
        {.name = "mrr", .doc = "1 / the place of the first click, of lists that were clicked."},
        {.name = "ndcg_at_10",
         .doc = "How near the top stood what earned most, of lists that were clicked."},
        {.name = "diversity", .doc = "Of pairs of items, how many have no label in common."},
        {.name = "novelty", .doc = "0: what everybody touched; 1: what hardly anybody did."},
        {.name = "popularity_share",
         .doc = "Of items, how many are among the hundred that most people touched."},
    };
};

template <>
struct Fields<engine::PerformanceOfSource> {
    static constexpr FieldRule rules[] = {
        {.name = "source", .doc = "That spoke most for the item; pinned, explored, or none."},
    };
};

template <>
struct Fields<engine::PlacementPerformance> {
    static constexpr std::string_view doc = "How well a placement does.";
    static constexpr FieldRule rules[] = {
        {.name = "since", .doc = "The first list that the log has."},
        {.name = "is_current", .doc = "False while the log is still being read."},
        {.name = "items", .doc = "Different ones that were shown."},
        {.name = "coverage", .doc = "The same as a share of today's catalogue."},
        {.name = "days", .doc = "The last sixty with lists, in UTC, by when a list was shown."},
        {.name = "versions", .doc = "The last twenty with lists; trials are told apart by them."},
    };
};

}  // namespace attune::base
