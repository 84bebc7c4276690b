// The description of placements, apart from domain/describe.h as few units need it.
#pragma once

#include "base/json.h"
#include "domain/placement.h"

namespace attune::domain {

BOOST_DESCRIBE_ENUM(PlacementStatus, active, paused, draft)
BOOST_DESCRIBE_ENUM(PlacementSourceKind, model, after, similar, content, popular, trending, fresh,
                    nearby, peers, interests, unfinished)
BOOST_DESCRIBE_ENUM(PlacementRanking, written, learned, ranker)
BOOST_DESCRIBE_ENUM(PlacementLabel, category, tag, brand)
BOOST_DESCRIBE_ENUM(PlacementDiversityMethod, mmr, calibrated)
BOOST_DESCRIBE_ENUM(PlacementExplorationBy, uniform, thompson)
BOOST_DESCRIBE_STRUCT(PlacementSource, (), (kind, weight, limit))
BOOST_DESCRIBE_STRUCT(PlacementBoost, (), (condition, factor, name))
BOOST_DESCRIBE_STRUCT(PlacementPin, (), (item_id, slot, condition))
BOOST_DESCRIBE_STRUCT(PlacementCap, (), (by, max))
BOOST_DESCRIBE_STRUCT(PlacementSeen, (), (events, within_days))
BOOST_DESCRIBE_STRUCT(PlacementDiversity, (), (method, strength))
BOOST_DESCRIBE_STRUCT(PlacementExploration, (), (slots, share, by))
BOOST_DESCRIBE_STRUCT(PlacementFatigue, (), (strength, half_life_days))
BOOST_DESCRIBE_STRUCT(PlacementTrial, (), (experiment, versions))
BOOST_DESCRIBE_STRUCT(Placement, (),
                      (name, description, status, sources, ranking, filter, boosts, pins, caps,
                       exclude_seen, diversity, exploration, fatigue, limit, trial, owner, tags))

}  // namespace attune::domain

namespace attune::base {

template <>
struct Fields<domain::PlacementSource> {
    static constexpr std::string_view doc = "Where candidates come from.";
    static constexpr FieldRule rules[] = {
        {.name = "weight",
         .doc = "How much its score counts; those of all sources are made to sum to 1.",
         .optional = true,
         .minimum = 0,
         .maximum = 1'000},
        {.name = "limit",
         .doc = "How many candidates it may bring.",
         .optional = true,
         .minimum = 1,
         .maximum = 1'000},
    };
};

template <>
struct Fields<domain::PlacementBoost> {
    static constexpr std::string_view doc = "What lifts or buries an item.";
    static constexpr FieldRule rules[] = {
        {.name = "condition",
         .doc = "JSONLogic over item and all that rules see: {\"==\": [{\"var\": \"item.brand\"}, "
                "\"acme\"]}."},
        {.name = "factor",
         .doc = "Above 1 lifts, below 1 buries: the score is multiplied by it.",
         .minimum = 0,
         .maximum = 1'000},
        {.name = "name", .doc = "For the reasons of an answer.", .length_max = 200},
    };
};

template <>
struct Fields<domain::PlacementPin> {
    static constexpr std::string_view doc = "An item that stands in one slot, if it may be shown.";
    static constexpr FieldRule rules[] = {
        {.name = "item_id", .length_min = 1, .length_max = 256},
        {.name = "slot", .doc = "1 is the first.", .minimum = 1, .maximum = 200},
        {.name = "condition",
         .doc = "JSONLogic over what rules see; always when left out.",
         .optional = true},
    };
};

template <>
struct Fields<domain::PlacementCap> {
    static constexpr std::string_view doc =
        "How many items of one brand, category or tag there may be.";
    static constexpr FieldRule rules[] = {
        {.name = "max", .minimum = 1, .maximum = 200},
    };
};

template <>
struct Fields<domain::PlacementSeen> {
    static constexpr std::string_view doc = "Items that the person did this with are not shown.";
    static constexpr FieldRule rules[] = {
        {.name = "events",
         .doc = "By what they mean: view, purchase, dislike, or a name of your own.",
         .length_min = 1,
         .length_max = 20},
        {.name = "within_days", .optional = true, .minimum = 0.001, .maximum = 36'500},
    };
};

template <>
struct Fields<domain::PlacementDiversity> {
    static constexpr FieldRule rules[] = {
        {.name = "method",
         .doc = "mmr: each item unlike those before it; calibrated: in the person's own mix of "
                "categories.",
         .optional = true},
        {.name = "strength",
         .doc = "0: none; 1: nothing else counts.",
         .optional = true,
         .minimum = 0,
         .maximum = 1},
    };
};

template <>
struct Fields<domain::PlacementExploration> {
    static constexpr std::string_view doc =
        "Slots at the end that are filled by chance, so that what nobody knows yet is tried.";
    static constexpr FieldRule rules[] = {
        {.name = "slots", .optional = true, .minimum = 1, .maximum = 50},
        {.name = "share",
         .doc =
             "Of each of these slots, how often it is left to chance; else the best item that is "
             "left stands in it.",
         .optional = true,
         .minimum = 0,
         .maximum = 1},
        {.name = "by",
         .doc = "uniform: any item that is left, each alike; thompson: each as likely as it is to "
                "be the one that people choose most often in these slots, by what they chose so "
                "far. uniform when left out.",
         .optional = true},
    };
};

template <>
struct Fields<domain::PlacementFatigue> {
    static constexpr std::string_view doc =
        "What was shown to somebody and not chosen sinks the next time.";
    static constexpr FieldRule rules[] = {
        {.name = "strength",
         .doc = "How much of its score each time costs; 0: nothing.",
         .optional = true,
         .minimum = 0,
         .maximum = 0.9},
        {.name = "half_life_days",
         .doc = "After so long, a time counts for half.",
         .optional = true,
         .minimum = 0.01,
         .maximum = 365},
    };
};

template <>
struct Fields<domain::PlacementTrial> {
    static constexpr std::string_view doc =
        "Which version of the placement is used for which variant of an experiment.";
    static constexpr FieldRule rules[] = {
        {.name = "experiment", .length_min = 1, .length_max = 200},
        {.name = "versions",
         .doc = "By variant; one that is not named gets the newest version.",
         .length_max = 20},
    };
};

template <>
struct Fields<domain::Placement> {
    static constexpr std::string_view doc =
        "A place where items are shown, and how they are chosen for it.";
    static constexpr FieldRule rules[] = {
        {.name = "name", .length_min = 1, .length_max = 200},
        {.name = "description", .length_max = 2'000},
        {.name = "status", .doc = "active when left out.", .optional = true},
        {.name = "sources",
         .doc = "Where candidates come from; those that do well in general when left out.",
         .optional = true,
         .length_max = 20},
        {.name = "ranking",
         .doc = "What brings the sources' candidates into one order: their weights as written; "
                "weights learned from what people choose, from those on; or the published ranker, "
                "and learned weights until there is one. Left out: ranker where the sources are "
                "left out too, else written.",
         .optional = true},
        {.name = "filter",
         .doc = "JSONLogic over item and all that rules see: who passes may be shown.",
         .optional = true},
        {.name = "boosts", .optional = true, .length_max = 50},
        {.name = "pins", .optional = true, .length_max = 50},
        {.name = "caps", .optional = true, .length_max = 3},
        {.name = "exclude_seen", .optional = true, .length_max = 10},
        {.name = "diversity", .optional = true},
        {.name = "exploration", .optional = true},
        {.name = "fatigue", .doc = "A little when left out.", .optional = true},
        {.name = "limit",
         .doc = "How many items an answer has, where it does not say so.",
         .optional = true,
         .minimum = 1,
         .maximum = 200},
        {.name = "trial", .optional = true},
        {.name = "owner", .length_min = 1, .length_max = 200},
        {.name = "tags", .optional = true, .length_max = 50},
    };
};

}  // namespace attune::base
