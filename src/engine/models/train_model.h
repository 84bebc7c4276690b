// Training a model and finding out how good it is, beside popularity and beside the model that is published.
//
// The newest tenth of the touches is cut off, at one moment for all people. What is asked for, the champion's recipe (its
// learner and settings) and popularity are learned from what is older, and each is asked what people went on to in that tenth:
// nobody has seen an answer. So recipes are compared on the same data; then the one that was asked for is learned from all of it.
#pragma once

#include "base/result.h"
#include "engine/activity/tenant_activity.h"
#include "engine/models/model_entry.h"
#include "learn/recommend/learner.h"

#include <memory>
#include <optional>

namespace attune::engine {

inline constexpr double kTestedShare = 0.1;
inline constexpr std::size_t kAskedMax = 5'000;  // people; more would only cost time
inline constexpr double kPeopleToTell = 2;       // who stand behind what a model tells of them
inline constexpr std::string_view kLengthSetting = "factors";

struct Recipe {
    const learn::Learner* learner = nullptr;
    learn::Settings::Given settings;
};

// invalid_argument names what is wrong ("/settings: …"); failed_precondition "keeps_people" for learners whose models hold what
// single people did, which nobody could be erased from.
[[nodiscard]] Result<Recipe> recipe_of(const TrainingRequest& request);

// The recipe for a catalogue of so many items. Vectors are as long as is good for quality where nobody asked for a length, and every
// answer looks at those of all items: so they are shorter where there are many, 64 numbers for 100,000 items, which keeps that look
// below a millisecond. What goes with what, or is popular, has to be so for two different people unless somebody asked for another
// number: no model tells everybody what one person did.
[[nodiscard]] Recipe for_serving(Recipe recipe, std::uint64_t items);

// No vectors longer than this are good for so many items.
[[nodiscard]] double longest_vectors(std::uint64_t items);

struct TrainedModel {
    std::unique_ptr<learn::Recommender> model;
    learn::Settings::Given settings;  // all of them
    NumbersByName metrics;
    NumbersByName champion_metrics;  // empty: there was none, or it cannot be learned any more
    NumbersByName popularity_metrics;
};

// What decides: larger is better.
inline constexpr std::string_view kDecisiveMetric = "ndcg@10";

struct TrainingRun {
    const TrainingData& data;
    const learn::ItemFacts* facts = nullptr;  // by column of the data; where the learner needs them
    Recipe recipe;
    std::optional<Recipe> champion;
};

// cancelled; invalid_argument "there is too little to learn from"; what learners fail with.
[[nodiscard]] Result<TrainedModel> train_model(const TrainingRun& run,
                                               const learn::Training& training);

// Why it should not be published, or nothing: it has to be as good as popularity, and better than the champion unless it is
// the same recipe, which a newer model replaces.
[[nodiscard]] std::optional<std::string> why_not_better(const TrainedModel& trained,
                                                        bool is_same_recipe);

}  // namespace attune::engine
