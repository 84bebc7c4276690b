// Training a ranker and finding out how good it is, beside the order that people were shown and beside the ranker that is published.
//
// The newest fifth of the lists that somebody chose from is held out. What is asked for, and the champion's recipe, are learned from
// the older ones, and each puts the held-out lists in order: NDCG@10 by what was earned, each choice counting for more the less
// probably its position was looked at. Then the ranker is learned from all of them.
#pragma once

#include "base/result.h"
#include "engine/models/model_entry.h"
#include "engine/outcomes/ranker_lessons.h"
#include "learn/ranking/ranker.h"

#include <optional>
#include <string>

namespace attune::engine {

// What TrainingRequest calls it.
inline constexpr std::string_view kRankerLearner = "ranker";

struct TrainedRanker {
    learn::Ranker ranker;
    NumbersByName settings;  // all of them
    NumbersByName metrics;
    NumbersByName champion_metrics;  // empty: there was none, or it cannot be learned any more
    NumbersByName shown_metrics;     // of the order that people were shown
};

// trees, learning_rate, depth, regularization. invalid_argument "/settings/…" for one that is not known or out of its range.
[[nodiscard]] Result<learn::RankerOptions> ranker_options(const NumbersByName& settings);

// failed_precondition where too few lists were chosen from; cancelled.
[[nodiscard]] Result<TrainedRanker> train_ranker(const RankerLessons& lessons,
                                                 const learn::RankerOptions& options,
                                                 const std::optional<NumbersByName>& champion,
                                                 const learn::Training& training);

// Why it should not be published, or nothing: it has to be better than what was shown, and than the champion unless it is the same
// recipe, which a newer one replaces.
[[nodiscard]] std::optional<std::string> why_not_better(const TrainedRanker& trained,
                                                        bool is_same_recipe);

}  // namespace attune::engine
