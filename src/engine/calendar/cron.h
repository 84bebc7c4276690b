// Cron: the five fields that crontab made known, minute to day of the week, as a set of minutes.
//
//     auto cron = Cron::parse("30 8-18/2 * * mon-fri");      // Result<Cron>; the error names the field
//     cron->last_at_or_before({2026, 3, 2, 9, 15});          // 2026-03-02 08:30
//
//     minute 0–59 · hour 0–23 · day 1–31 · month 1–12 or jan–dec · weekday 0–7 (both 0 and 7 are Sunday) or sun–sat
//
// A field is *, a number, a range, either with /step, or a list of those. When both the day and the weekday are
// restricted, either is enough, as crontab has it. One that never comes ("0 0 30 2 *") is refused. Immutable and thread-safe; knows nothing of zones.
#pragma once

#include "base/result.h"
#include "engine/calendar/time_zones.h"

#include <cstdint>
#include <optional>
#include <string_view>

namespace attune::engine {

class Cron {
public:
    [[nodiscard]] static Result<Cron> parse(std::string_view text);

    [[nodiscard]] bool matches(const LocalTime& local) const;
    // Looks back `days_max` days at most, each in a few steps.
    [[nodiscard]] std::optional<LocalTime> last_at_or_before(const LocalTime& local,
                                                             int days_max) const;

private:
    [[nodiscard]] bool ever_fires() const;
    [[nodiscard]] bool matches_day(const LocalTime& local) const;

    std::uint64_t minutes_ = 0;  // bit n: the value n
    std::uint32_t hours_ = 0;
    std::uint32_t days_ = 0;
    std::uint32_t months_ = 0;
    std::uint32_t weekdays_ = 0;  // bit 0: Sunday
    bool any_day_ = false;        // the field was *
    bool any_weekday_ = false;
};

}  // namespace attune::engine
