// LocalClock: the hour and weekday somewhere, by IANA time zone name.
//
//     LocalClock clocks = LocalClock::of_system();
//     auto local = clocks.at(time, "Europe/Zurich");        // {.hour = 13, .weekday = 6}; empty: no such zone
//
// Only names that the system's database has are ever looked up: a name comes from outside, becomes a path
// inside the time zone library, and would stay in its cache for good. Zones are loaded when first asked for and
// kept. Thread-safe.
#pragma once

#include "base/keyed_hash.h"
#include "base/time.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace attune::engine {

struct LocalTime {
    std::int32_t hour = 0;     // 0–23
    std::int32_t weekday = 0;  // 0 Monday – 6 Sunday

    bool operator==(const LocalTime&) const = default;
};

[[nodiscard]] LocalTime utc_local_time(base::Time time);

class LocalClock {
public:
    // The zones of /usr/share/zoneinfo, or of $TZDIR. Without either: none.
    [[nodiscard]] static LocalClock of_system();
    ~LocalClock();
    LocalClock(LocalClock&&) noexcept;

    [[nodiscard]] std::optional<LocalTime> at(base::Time time, std::string_view zone) const;
    [[nodiscard]] std::size_t zones() const { return zones_.size(); }

private:
    struct Zone;
    LocalClock();

    base::KeyedMap<std::string, std::unique_ptr<Zone>> zones_;
};

}  // namespace attune::engine
