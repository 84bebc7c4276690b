// ConditionWork: what the conditions of one request may cost together, however many items they are asked about. One condition
// asked about one item is bounded by kItemSteps; a catalogue has a hundred thousand of those, so there is a bound over them.
//
//     ConditionWork work(clock);
//     if (!work.holds(*placement.filter, {.data = item})) …    // it does not hold, or it would cost too much
//     if (work.is_used_up()) fall_back("filter_too_costly", …);
//
// A step is about ten nanoseconds; where a machine is slower than that, the deadline ends the work. Lives on the stack of one
// request, which may be one of several answers.
#pragma once

#include "base/time.h"
#include "engine/logic/logic.h"

#include <cstdint>
#include <optional>

namespace attune::engine {

struct ConditionLimits {
    std::int64_t steps = 20'000'000;
    base::Duration time = std::chrono::milliseconds(250);
};

class ConditionWork {
public:
    // Of one condition for one item: a hundred times what conditions that people write need.
    static constexpr std::int64_t kItemSteps = 10'000;

    // The clock outlives it.
    explicit ConditionWork(const base::Clock& clock, const ConditionLimits& limits = {})
        : clock_(clock), time_(limits.time), left_(limits.steps), next_look_(limits.steps) {}

    // False also where the condition takes too much work, and without asking it once all is used up.
    [[nodiscard]] bool holds(const Logic& condition, LogicInput input);

    [[nodiscard]] bool is_used_up() const { return left_ <= 0; }
    // How often one condition took more than kItemSteps.
    [[nodiscard]] std::uint64_t given_up() const { return given_up_; }

private:
    void look_at_the_clock();

    const base::Clock& clock_;
    const base::Duration time_;
    std::optional<base::SteadyTime> end_;  // from the first condition on
    std::int64_t left_;
    std::int64_t next_look_;  // at the clock, when so much is left
    std::uint64_t given_up_ = 0;
};

}  // namespace attune::engine
