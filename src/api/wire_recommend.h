// What questions for recommendations and their answers look like.
#pragma once

#include "base/json.h"
#include "domain/describe.h"

#include <optional>
#include <string>
#include <vector>

namespace attune::api::wire {

struct RecommendQuestion {
    std::string placement;
    std::optional<std::string> user_id;
    base::JsonText context;
    std::optional<std::uint32_t> limit;
    std::vector<std::string> exclude;
    std::vector<std::string> goes_with;
    std::optional<std::string> label;
    bool reasons = false;
    bool with_items = false;
};
BOOST_DESCRIBE_STRUCT(RecommendQuestion, (),
                      (placement, user_id, context, limit, exclude, goes_with, label, reasons,
                       with_items))

struct RankQuestion {
    std::vector<std::string> items;
    std::string placement;
    std::optional<std::string> user_id;
    base::JsonText context;
    bool reasons = false;
};
BOOST_DESCRIBE_STRUCT(RankQuestion, (), (items, placement, user_id, context, reasons))

struct PlacementPreview {
    base::JsonText placement;
    std::optional<std::string> user_id;
    base::JsonText context;
    std::optional<std::uint32_t> limit;
};
BOOST_DESCRIBE_STRUCT(PlacementPreview, (), (placement, user_id, context, limit))

struct Reason {
    std::string kind;
    std::optional<std::string> source;
    std::optional<double> weight;
    std::optional<double> share;
    std::optional<std::string> because_of;
    std::optional<std::string> interest;
    std::optional<std::string> rule;
    std::optional<std::string> feature;
    std::optional<double> value;
    std::optional<double> contribution;
    std::optional<double> times;
    std::optional<double> factor;
    std::optional<double> probability;
    std::optional<double> shown;
    std::optional<double> chosen;
    std::string text;
};
BOOST_DESCRIBE_STRUCT(Reason, (),
                      (kind, source, weight, share, because_of, interest, rule, feature, value,
                       contribution, times, factor, probability, shown, chosen, text))

struct Recommended {
    std::uint32_t slot = 1;
    std::string item_id;
    double score = 0;
    std::vector<Reason> reasons;
    base::JsonText item;
};
BOOST_DESCRIBE_STRUCT(Recommended, (), (slot, item_id, score, reasons, item))

struct FallbackNote {
    std::string kind;
    std::string detail;
};
BOOST_DESCRIBE_STRUCT(FallbackNote, (), (kind, detail))

struct SimilarItems {
    std::vector<Recommended> items;
    std::vector<FallbackNote> fallbacks;
    std::optional<std::string> cursor;
};
BOOST_DESCRIBE_STRUCT(SimilarItems, (), (items, fallbacks, cursor))

struct LeftOut {
    std::string item_id;
    std::string why;
};
BOOST_DESCRIBE_STRUCT(LeftOut, (), (item_id, why))

struct Recommendation {
    std::vector<Recommended> items;
    std::string placement;
    std::uint64_t version = 0;
    base::JsonText variants;
    std::optional<std::string> decision_id;
    std::vector<FallbackNote> fallbacks;
    std::optional<std::vector<LeftOut>> left_out;
};
BOOST_DESCRIBE_STRUCT(Recommendation, (),
                      (items, placement, version, variants, decision_id, fallbacks, left_out))

struct HomepageRow {
    std::string row;
    std::string title;
    std::optional<std::string> because_of;
    std::optional<std::string> label;
    std::vector<Recommended> items;
    std::optional<std::string> decision_id;
    std::vector<FallbackNote> fallbacks;
};
BOOST_DESCRIBE_STRUCT(HomepageRow, (),
                      (row, title, because_of, label, items, decision_id, fallbacks))

struct MissingRows {
    std::string kind;
    std::string detail;
    std::vector<std::string> rows;
};
BOOST_DESCRIBE_STRUCT(MissingRows, (), (kind, detail, rows))

struct Homepage {
    std::vector<HomepageRow> rows;
    std::vector<MissingRows> fallbacks;
};
BOOST_DESCRIBE_STRUCT(Homepage, (), (rows, fallbacks))

struct SimilarPerson {
    std::string user_id;
    double likeness = 0;
    std::uint32_t in_common = 0;
};
BOOST_DESCRIBE_STRUCT(SimilarPerson, (), (user_id, likeness, in_common))

}  // namespace attune::api::wire

namespace attune::base {

template <>
struct Fields<attune::api::wire::RecommendQuestion> {
    static constexpr FieldRule rules[] = {
        {.name = "placement",
         .doc = "Where they will be shown; \"default\" when left out.",
         .optional = true,
         .length_max = 200},
        {.name = "user_id",
         .doc = "Whom for; for nobody in particular when left out.",
         .length_min = 1,
         .length_max = domain::limits::kIdBytesMax},
        {.name = "context",
         .doc = "Where it is asked: device, page, location {latitude, longitude}, anything that "
                "conditions shall see.",
         .object = true},
        {.name = "limit",
         .doc = "How many; the placement's when left out.",
         .minimum = 1,
         .maximum = 200},
        {.name = "exclude",
         .doc = "Ids of items not to show.",
         .optional = true,
         .length_max = 1'000},
        {.name = "goes_with",
         .doc = "Ids of items that the answer is to go with: what is looked at, what is in the "
                "basket.",
         .optional = true,
         .length_max = 50},
        {.name = "label",
         .doc = "Only items with it: category:games, tag:puzzle, brand:acme.",
         .length_min = 1,
         .length_max = 300},
        {.name = "reasons", .doc = "Why each is there.", .optional = true},
        {.name = "with_items", .doc = "Each with what the catalogue says of it.", .optional = true},
    };
};

template <>
struct Fields<attune::api::wire::RankQuestion> {
    static constexpr FieldRule rules[] = {
        {.name = "items", .doc = "Ids, each once.", .length_min = 1, .length_max = 1'000},
        {.name = "placement",
         .doc = "Whose sources, filter and boosts hold; \"default\" when left out.",
         .optional = true,
         .length_max = 200},
        {.name = "user_id", .length_min = 1, .length_max = domain::limits::kIdBytesMax},
        {.name = "context", .object = true},
        {.name = "reasons", .optional = true},
    };
};

template <>
struct Fields<attune::api::wire::PlacementPreview> {
    static constexpr FieldRule rules[] = {
        {.name = "placement", .doc = "As it would be saved.", .object = true},
        {.name = "user_id", .length_min = 1, .length_max = domain::limits::kIdBytesMax},
        {.name = "context", .object = true},
        {.name = "limit", .minimum = 1, .maximum = 200},
    };
};

template <>
struct Fields<attune::api::wire::SimilarPerson> {
    static constexpr FieldRule rules[] = {
        {.name = "user_id", .doc = "A known id where there is one, else an anonymous one."},
        {.name = "likeness", .doc = "Of their tastes, 0 to 1."},
        {.name = "in_common", .doc = "Items that both liked."},
    };
};

template <>
struct Fields<attune::api::wire::Reason> {
    static constexpr FieldRule rules[] = {
        {.name = "kind",
         .doc = "source, ranker, rule, fatigue, pinned, explored, or filler: no source had "
                "anything to say, and it fills the slot"},
        {.name = "source", .doc = "Of a source: which."},
        {.name = "weight", .doc = "Of a source: what it counts today, of 1 in all."},
        {.name = "share", .doc = "Of a source: its part of what all sources make of the item."},
        {.name = "because_of", .doc = "The person's own item that speaks most for it."},
        {.name = "interest", .doc = "The person's interest that it meets: category:games."},
        {.name = "rule", .doc = "Of a rule: the name of the boost."},
        {.name = "feature", .doc = "Of the ranker: what it looked at."},
        {.name = "value", .doc = "What that is here; left out where it is not known."},
        {.name = "contribution", .doc = "How much that moved the ranker's score, up or down."},
        {.name = "times", .doc = "Of fatigue: how often it was shown in vain; older times less."},
        {.name = "factor", .doc = "Of fatigue and rules: what the score was multiplied by."},
        {.name = "probability", .doc = "Of explored: with which it got this slot."},
        {.name = "shown",
         .doc = "Of explored, by Thompson: how often it was tried in this placement, of late."},
        {.name = "chosen", .doc = "And how often it was chosen then."},
    };
};

template <>
struct Fields<attune::api::wire::Recommended> {
    static constexpr FieldRule rules[] = {
        {.name = "slot", .doc = "Where it stands in this answer; 1 is the first."},
        {.name = "score",
         .doc = "What the ranking makes of it, with boosts and fatigue. Diversity, caps, pins and "
                "chance come after it, so it may rise from one slot to the next. It compares "
                "items of one answer only."},
    };
};

template <>
struct Fields<attune::api::wire::FallbackNote> {
    static constexpr std::string_view doc = "What could not be done as it was asked.";
    static constexpr FieldRule rules[] = {
        {.name = "kind",
         .doc = "unknown_placement, placement_not_active, unknown_person, opted_out, "
                "empty_catalogue, warming_up, no_model, few_found, seeds_not_used, "
                "context_missing, filter_too_costly, boosts_too_costly, "
                "segments_too_costly or nothing_left"},
    };
};

template <>
struct Fields<attune::api::wire::Recommendation> {
    static constexpr FieldRule rules[] = {
        {.name = "decision_id",
         .doc =
             "To be sent along with the events that answer it; null where nothing was recorded."},
        {.name = "variants", .doc = "Of the experiments that had a say."},
        {.name = "left_out", .doc = "Of POST /rank: which of the given items, and why."},
    };
};

}  // namespace attune::base
