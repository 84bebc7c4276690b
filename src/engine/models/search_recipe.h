// Searching good settings for a recipe before it is learned: what `attune eval recommend --search` does, on the tenant's data.
//
// The newest tenth of the touches, on which recipes are judged (train_model.h), is cut off first and looked at by nobody here. Of
// what is older the newest tenth is cut off once more: each try is learned from the rest and asked what people went on to. So
// nothing is chosen on what is told as the model's metrics in the end.
#pragma once

#include "base/time.h"
#include "engine/models/train_model.h"

namespace attune::engine {

inline constexpr double kSearchMinutesMax = 24 * 60;
inline constexpr std::uint32_t kSearchTriesMax = 1'000;
inline constexpr std::size_t kTriesKept = 20;  // of the many, those that scored best

// invalid_argument "/search_minutes" or "/search_tries" for what is out of bounds, and where nothing is left to be searched.
[[nodiscard]] Result<void> check_search(const TrainingRequest& request, const Recipe& recipe);

struct SearchRun {
    const TrainingData& data;
    const learn::ItemFacts* facts = nullptr;
    Recipe recipe;  // what it names is not searched
    std::optional<Recipe>
        champion;             // where it is of the same learner, its settings are tried early
    double minutes = 0;       // 0: however long it takes
    std::uint32_t tries = 0;  // 0: as many as the time allows
};

struct SearchedRecipe {
    Recipe recipe;  // with all settings
    SettingsSearch report;
};

// The same for the same data and seed where no time is given. cancelled; invalid_argument "there is too little to search on".
[[nodiscard]] Result<SearchedRecipe> search_recipe(const SearchRun& run, const base::Clock& clock,
                                                   const learn::Training& training);

}  // namespace attune::engine
