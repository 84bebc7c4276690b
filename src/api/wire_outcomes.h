// What answers about how placements rank and do look like. Performance is described in engine/outcomes.
#pragma once

#include "base/json.h"
#include "domain/describe_placement.h"
#include "engine/outcomes/describe.h"
#include "engine/recommend/learned_ranking.h"

namespace attune::engine {

BOOST_DESCRIBE_STRUCT(LearnedSource, (), (source, written, learned))
BOOST_DESCRIBE_STRUCT(TriedItem, (), (item_id, shown, chosen, expected))
BOOST_DESCRIBE_STRUCT(LearnedExploration, (), (by, slots, share, shown, chosen, tried, items))
BOOST_DESCRIBE_STRUCT(LearnedRanking, (),
                      (placement_id, version, ranking, in_force, ranker, sources, answers, since,
                       last, exploration))

}  // namespace attune::engine

namespace attune::base {

template <>
struct Fields<engine::LearnedSource> {
    static constexpr FieldRule rules[] = {
        {.name = "written", .doc = "Its weight as the placement says; all sum to 1."},
        {.name = "learned",
         .doc = "Its weight by what people chose, whether or not the placement ranks by it."},
    };
};

template <>
struct Fields<engine::TriedItem> {
    static constexpr FieldRule rules[] = {
        {.name = "shown",
         .doc = "How often it stood in a slot that is left to chance; half as much for each month "
                "that has passed since."},
        {.name = "chosen", .doc = "How often it was chosen there, likewise."},
        {.name = "expected",
         .doc = "How often it is likely to be chosen, by this and by what all items there do."},
    };
};

template <>
struct Fields<engine::LearnedExploration> {
    static constexpr std::string_view doc =
        "What the slots that are left to chance have taught, whatever chance goes by.";
    static constexpr FieldRule rules[] = {
        {.name = "by", .doc = "As the placement says."},
        {.name = "shown", .doc = "Of all items; half as much for each month that has passed."},
        {.name = "tried", .doc = "Different items."},
        {.name = "items", .doc = "The twenty that promise most, these first."},
    };
};

template <>
struct Fields<engine::LearnedRanking> {
    static constexpr std::string_view doc = "How a placement ranks today.";
    static constexpr FieldRule rules[] = {
        {.name = "ranking", .doc = "As the placement says."},
        {.name = "in_force", .doc = "What answers today."},
        {.name = "ranker", .doc = "The model that ranks."},
        {.name = "sources", .doc = "The one that weighs most first."},
        {.name = "answers", .doc = "Items that people chose from lists, which taught the weights."},
        {.name = "since", .doc = "The first list with these sources and written weights."},
        {.name = "last", .doc = "The last answer."},
        {.name = "exploration", .doc = "Of a placement that leaves slots to chance."},
    };
};

}  // namespace attune::base
