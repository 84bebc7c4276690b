// The JSON of models, as documents and on the wire. Heavy to compile: for .cpp files.
#pragma once

#include "base/json.h"
#include "engine/models/model_entry.h"

namespace attune::engine {

BOOST_DESCRIBE_ENUM(ModelKind, recommender, ranker)
BOOST_DESCRIBE_ENUM(ModelState, waiting, training, ready, published, retired, failed, cancelled)
BOOST_DESCRIBE_STRUCT(TrainingBounds, (),
                      (young_days, young_growth, surge_growth, surge_least, window_days,
                       leaves_out_suspects, people_min))
BOOST_DESCRIBE_STRUCT(TrainingRequest, (),
                      (learner, settings, seed, publish, search_minutes, search_tries, bounds))
BOOST_DESCRIBE_STRUCT(TrainingPlan, (),
                      (request, every_hours, after_touches, ranker_every_hours, ranker_after_lists,
                       keep))
BOOST_DESCRIBE_STRUCT(SearchTry, (), (settings, ndcg))
BOOST_DESCRIBE_STRUCT(SettingsSearch, (), (tried, seconds, best))
BOOST_DESCRIBE_STRUCT(ModelEntry, (),
                      (id, kind, by, request, state, reason, created_at, trained_at, published_at,
                       progress, settings, search, people, items, touches, lists, answered_lists,
                       all_touches, held_back, suspects, data_from, data_until, metrics, champion,
                       champion_metrics, popularity_metrics, shown_metrics, bytes, chunks, seconds))

}  // namespace attune::engine

namespace attune::base {

template <>
struct Fields<engine::TrainingRequest> {
    static constexpr std::string_view doc = "What to learn, and how.";
    static constexpr FieldRule rules[] = {
        {.name = "learner",
         .doc = "ials, ease, transitions, …, or ranker; ials when left out.",
         .optional = true},
        {.name = "settings", .doc = "Of the learner, by name; its defaults for the others."},
        {.name = "seed",
         .doc = "The same data, settings and seed give the same model.",
         .optional = true},
        {.name = "publish",
         .doc = "Whether to publish it when it is found to be better.",
         .optional = true},
        {.name = "search_minutes",
         .doc = "For how long settings that are not given are searched first; 0: not by time.",
         .optional = true,
         .minimum = 0,
         .maximum = 1'440},
        {.name = "search_tries",
         .doc = "How many are tried at most; 0: as many as the time allows. Without a time, the "
                "same data and seed find the same settings.",
         .optional = true,
         .maximum = 1'000},
        {.name = "bounds", .doc = "How much single accounts may teach.", .optional = true},
    };
};

template <>
struct Fields<engine::TrainingBounds> {
    static constexpr std::string_view doc =
        "How much single accounts may teach. What is over the bounds stays in people's own "
        "histories, and nobody else learns from it.";
    static constexpr FieldRule rules[] = {
        {.name = "young_days",
         .doc = "For how long after its first touch an account is young.",
         .optional = true,
         .minimum = 0.01,
         .maximum = 3'650},
        {.name = "young_growth",
         .doc = "An item's people of a window that are young: so many times what chance would "
                "bring; 0: any.",
         .optional = true,
         .minimum = 0,
         .maximum = 1'000},
        {.name = "surge_growth",
         .doc = "An item's people of a window: so many times the most of any window before; 0: "
                "any.",
         .optional = true,
         .minimum = 0,
         .maximum = 1'000},
        {.name = "surge_least",
         .doc = "So many people more are let through, so that what is new can begin.",
         .optional = true,
         .minimum = 1,
         .maximum = 1'000'000},
        {.name = "window_days",
         .doc = "How long a window is.",
         .optional = true,
         .minimum = 0.01,
         .maximum = 3'650},
        {.name = "leaves_out_suspects",
         .doc = "Whether nothing is learned from whoever was young where ten times as many were "
                "as chance would bring.",
         .optional = true},
        {.name = "people_min",
         .doc = "An item that fewer people touched is not learned from; not of models that look at "
                "what items are like.",
         .optional = true,
         .minimum = 1,
         .maximum = 1'000'000},
    };
};

template <>
struct Fields<engine::TrainingPlan> {
    static constexpr std::string_view doc = "What is trained by itself, and when.";
    static constexpr FieldRule rules[] = {
        {.name = "request", .doc = "What is trained then.", .optional = true},
        {.name = "every_hours",
         .doc = "So long after the last one; 0: not by time.",
         .optional = true,
         .minimum = 0,
         .maximum = 8'760},
        {.name = "after_touches",
         .doc = "When there are so many touches more or fewer than the last one learned from; 0: "
                "not by change.",
         .optional = true},
        {.name = "ranker_every_hours",
         .doc = "So long after the last ranker, another one is trained; 0: not by time.",
         .optional = true,
         .minimum = 0,
         .maximum = 8'760},
        {.name = "ranker_after_lists",
         .doc = "When people chose from so many more lists than when the last ranker was trained; "
                "0: not by them.",
         .optional = true},
        {.name = "keep",
         .doc = "How many models are kept that can be published.",
         .optional = true,
         .minimum = 2,
         .maximum = 100},
    };
};

template <>
struct Fields<engine::SearchTry> {
    static constexpr FieldRule rules[] = {
        {.name = "ndcg",
         .doc = "ndcg@10 on the newest tenth of the data that is older than what models are "
                "judged on."},
    };
};

template <>
struct Fields<engine::SettingsSearch> {
    static constexpr std::string_view doc = "What a search for settings tried.";
    static constexpr FieldRule rules[] = {
        {.name = "tried", .doc = "How many settings were learned from and asked."},
        {.name = "best", .doc = "The best first, at most twenty."},
    };
};

template <>
struct Fields<engine::ModelEntry> {
    static constexpr std::string_view doc =
        "A model: how it was made, how good it was found to be, and what became of it.";
    static constexpr FieldRule rules[] = {
        {.name = "kind",
         .doc = "A recommender finds items for people; a ranker orders what was found.",
         .optional = true},
        {.name = "by", .doc = "The key that asked for it, schedule, or change."},
        {.name = "reason", .doc = "Why it failed, or was not published."},
        {.name = "progress", .doc = "0 to 1."},
        {.name = "settings", .doc = "All of them, as it was learned."},
        {.name = "search", .doc = "How they were found, where they were searched."},
        {.name = "people", .doc = "Whom it was learned from."},
        {.name = "lists",
         .doc = "Of a ranker: lists that people chose something from.",
         .optional = true},
        {.name = "answered_lists",
         .doc = "Of a ranker: lists that had been answered when it was trained; what is counted "
                "from by `ranker_after_lists`.",
         .optional = true},
        {.name = "all_touches",
         .doc = "Of a recommender: touches that there were when it was trained; what is counted "
                "from by `after_touches`.",
         .optional = true},
        {.name = "held_back",
         .doc = "Pairs of a person and an item that teach nothing, by the bounds of the request.",
         .optional = true},
        {.name = "suspects",
         .doc =
             "People who were young where ten times as many were as chance would bring; left out "
             "where no bound was in force, so that nobody was looked for.",
         .optional = true},
        {.name = "shown_metrics",
         .doc = "Of a ranker: of the order that people were shown.",
         .optional = true},
        {.name = "metrics",
         .doc = "Of the newest tenth of the data, after learning from the rest."},
        {.name = "champion", .doc = "What was published then; compared on the same data."},
        {.name = "bytes", .doc = "As stored."},
        {.name = "seconds", .doc = "That all of it took."},
    };
};

}  // namespace attune::base
