// Whether it is time to train by a tenant's plan. Pure functions of the plan, of what was trained and of what there is now; a
// training that failed counts as one, so that what cannot be learned is not tried every minute, and after it there must be a tenth
// more (and twenty), however little the plan asks for.
#pragma once

#include "engine/models/model_entry.h"

#include <optional>
#include <span>
#include <string_view>

namespace attune::engine {

struct TrainingNow {
    base::Time now;
    std::uint64_t touches = 0;
    std::uint64_t answered_lists = 0;
};

// "schedule" or "change", or nothing. `all`: the tenant's models, the oldest first.
[[nodiscard]] std::optional<std::string_view> why_recommender_is_due(
    const TrainingPlan& plan, std::span<const ModelEntry> all, const TrainingNow& now);
[[nodiscard]] std::optional<std::string_view> why_ranker_is_due(const TrainingPlan& plan,
                                                                std::span<const ModelEntry> all,
                                                                const TrainingNow& now);

}  // namespace attune::engine
