// All learners there are. The command line, the trainer, the search for settings and the documentation read this table; a
// learner that is not in it does not exist for them.
#pragma once

#include "learn/recommend/learner.h"

#include <span>

namespace attune::learn {

// In the order in which they are shown.
[[nodiscard]] std::span<const Learner* const> all_learners();

// not_found names those that there are.
[[nodiscard]] Result<const Learner*> find_learner(std::string_view name);

// A model as bytes, and back: the learner is found by the kind that the bytes name. data_loss where they are damaged,
// not_found where no learner of this program made them.
[[nodiscard]] std::string save_model(const Recommender& model);
[[nodiscard]] Result<std::unique_ptr<Recommender>> load_model(std::string_view bytes);

}  // namespace attune::learn
