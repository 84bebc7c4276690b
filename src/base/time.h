// Time as Attune counts it: UTC microseconds, read from clocks that are passed in, never asked of the
// system behind the caller's back, so that any run replays.
#pragma once

#include "base/result.h"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace attune::base {

using Duration = std::chrono::microseconds;
using Time = std::chrono::sys_time<Duration>;
using SteadyTime = std::chrono::time_point<std::chrono::steady_clock, Duration>;

// Thread-safe. Wall time may jump; steady time never goes back.
class Clock {
public:
    virtual ~Clock() = default;
    [[nodiscard]] virtual Time now() const = 0;
    [[nodiscard]] virtual SteadyTime steady_now() const = 0;
};

// The machine's own clocks.
class SystemClock final : public Clock {
public:
    [[nodiscard]] Time now() const override;
    [[nodiscard]] SteadyTime steady_now() const override;
};

// RFC 3339 with microseconds cut to what is there: "2026-03-01T12:30:00Z", "…:00.25Z". Years 0000–9999.
[[nodiscard]] std::string format_time(Time time);
void append_time(std::string& out, Time time);
// Accepts RFC 3339 with any offset and up to nine fractional digits (cut to six), upper or lower case T and Z;
// nothing else. Out of the representable years, or not a date (30 February): empty.
[[nodiscard]] std::optional<Time> parse_time(std::string_view text);

}  // namespace attune::base
