// The trees of a model that XGBoost 1.7 saved as JSON.
#pragma once

#include "learn/ranking/trees.h"

#include <string_view>

namespace attune::learn {

// Reads gbtree models whose prediction is the sum of the leaves (ranking, regression), with numeric
// splits. invalid_argument where the text is something else.
[[nodiscard]] Result<Trees> trees_of_xgboost(std::string_view json);

}  // namespace attune::learn
