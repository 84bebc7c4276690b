// Schedule: when something is in force: from a moment, until a moment, and within that for some time after each
// firing of a cron in some zone.
//
//     auto schedule = Schedule::compile({.cron = "0 18 * * fri", .duration_seconds = 3 * 3600, .time_zone = "Europe/Zurich"}, zones);
//     schedule->is_on(clock.now());       // on Fridays from 18 to 21
//
// Immutable to its users and thread-safe: what it found out for a minute it remembers for that minute, so asking costs
// a few nanoseconds. The zones outlive it.
#pragma once

#include "base/result.h"
#include "base/time.h"
#include "domain/schedule.h"
#include "engine/calendar/cron.h"

#include <atomic>
#include <memory>
#include <optional>

namespace attune::engine {

class Schedule {
public:
    // invalid_argument names the member: "/cron", "/time_zone", …
    [[nodiscard]] static Result<std::unique_ptr<const Schedule>> compile(
        const domain::Schedule& schedule, const TimeZones& zones);

    [[nodiscard]] bool is_on(base::Time now) const;

private:
    [[nodiscard]] bool is_within_firing(base::Time now) const;

    std::optional<base::Time> from_;
    std::optional<base::Time> until_;
    std::optional<Cron> cron_;
    base::Duration duration_{};
    const TimeZone* zone_ = nullptr;
    // A minute since 1970 and, in the lowest bit, whether the cron is on in it. Firings begin and end on full minutes.
    mutable std::atomic<std::int64_t> remembered_{-1};
};

}  // namespace attune::engine
