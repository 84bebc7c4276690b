// LogicBudget: what the expressions of one answer may cost together, however many there are. Each expression is bounded by
// itself, but a tenant has thousands of them, and an event loop answers one request at a time.
//
//     LogicBudget budget(&spent_total);
//     condition.holds({.data = data, .now = now, .steps_left = budget.steps_left()});
//     if (budget.is_spent()) …                    // what was asked last, and all that is asked from now on, fails
//
// Fifty rules and a hundred flags as people write them take a hundredth of it; all of it is twenty milliseconds or so. What
// an answer takes depends on nothing but the question, so that the same question gets the same answer. Lives on the stack of
// one request.
#pragma once

#include <atomic>
#include <cstdint>

namespace attune::engine {

class LogicBudget {
public:
    static constexpr std::int64_t kSteps = 2'000'000;

    // Where it is counted, once, if it was spent; outlives it. Null: nowhere.
    explicit LogicBudget(std::atomic<std::uint64_t>* spent_total = nullptr)
        : spent_total_(spent_total) {}
    ~LogicBudget() {
        if (spent_total_ != nullptr && is_spent())
            spent_total_->fetch_add(1, std::memory_order_relaxed);
    }
    LogicBudget(const LogicBudget&) = delete;
    LogicBudget& operator=(const LogicBudget&) = delete;

    // For what is worked out within a request but kept beyond it, so that it must not depend on what else was asked.
    [[nodiscard]] LogicBudget apart() const { return LogicBudget(spent_total_); }

    [[nodiscard]] std::int64_t* steps_left() { return &left_; }
    [[nodiscard]] bool is_spent() const { return left_ <= 0; }

private:
    std::int64_t left_ = kSteps;
    std::atomic<std::uint64_t>* const spent_total_;
};

}  // namespace attune::engine
