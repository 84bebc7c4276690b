// ManualClock: a clock that stands still until it is told otherwise. For tests and simulation.
//
//     ManualClock clock(*parse_time("2026-03-01T00:00:00Z"));
//     clock.advance(std::chrono::seconds(5));    // both clocks
//     clock.jump_to(earlier);                    // wall time alone, as when an operator sets the
//     date
//
// Thread-safe.
#pragma once

#include "base/time.h"

#include <atomic>

namespace attune::base {

class ManualClock final : public Clock {
public:
    explicit ManualClock(Time start = {}) : now_(start.time_since_epoch().count()) {}

    [[nodiscard]] Time now() const override { return Time{Duration{now_.load()}}; }
    [[nodiscard]] SteadyTime steady_now() const override {
        return SteadyTime{Duration{steady_.load()}};
    }

    // Never backwards: `by` must not be negative.
    void advance(Duration by) {
        ATTUNE_CHECK(by.count() >= 0);
        now_ += by.count();
        steady_ += by.count();
    }
    void jump_to(Time time) { now_ = time.time_since_epoch().count(); }

private:
    std::atomic<std::int64_t> now_;
    std::atomic<std::int64_t> steady_{0};
};

}  // namespace attune::base
