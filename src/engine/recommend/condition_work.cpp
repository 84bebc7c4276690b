#include "engine/recommend/condition_work.h"

namespace attune::engine {
namespace {

// Between two looks at the clock: some 50 µs.
constexpr std::int64_t kStepsALook = 5'000;

}  // namespace

bool ConditionWork::holds(const Logic& condition, LogicInput input) {
    if (left_ <= next_look_) look_at_the_clock();
    if (is_used_up()) return false;
    input.steps_max = kItemSteps;
    input.steps_left = &left_;
    const auto holds = condition.holds(input);
    if (!holds && !is_used_up()) ++given_up_;
    return holds && *holds;
}

void ConditionWork::look_at_the_clock() {
    const base::SteadyTime now = clock_.steady_now();
    if (!end_) end_ = now + time_;
    if (now >= *end_) left_ = 0;
    next_look_ = left_ - kStepsALook;
}

}  // namespace attune::engine
