// TimeZones: what the clock on the wall says somewhere, by IANA time zone name.
//
//     const TimeZones zones = TimeZones::of_system();
//     if (const TimeZone* zurich = zones.find("Europe/Zurich"))      // null: there is no such zone
//         zurich->local(time).hour;
//
// Only names that the system's database has are ever looked up: a name comes from outside, becomes a path
// inside the time zone library, and would stay in its cache for good. Zones are loaded when first asked for and
// kept as long as the TimeZones. Thread-safe.
#pragma once

#include "base/keyed_hash.h"
#include "base/time.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace attune::engine {

// A minute as people say it. Ordered by time.
struct LocalTime {
    std::int64_t year = 1970;
    std::int32_t month = 1;  // 1–12
    std::int32_t day = 1;    // 1–31
    std::int32_t hour = 0;   // 0–23
    std::int32_t minute = 0;

    auto operator<=>(const LocalTime&) const = default;
};

// 0 Monday – 6 Sunday.
[[nodiscard]] std::int32_t weekday_of(const LocalTime& local);

class TimeZone {
public:
    virtual ~TimeZone() = default;
    [[nodiscard]] virtual LocalTime local(base::Time time) const = 0;
    // The first moment of that minute. Where clocks were set forward over it, the moment they were; where it came
    // twice, the first time.
    [[nodiscard]] virtual base::Time time(const LocalTime& local) const = 0;
};

[[nodiscard]] const TimeZone& utc();

class TimeZones {
public:
    // The zones of /usr/share/zoneinfo, or of $TZDIR. Without either: none.
    [[nodiscard]] static TimeZones of_system();
    // No zone but UTC, which needs no database.
    [[nodiscard]] static TimeZones none() { return {}; }
    ~TimeZones();
    TimeZones(TimeZones&&) noexcept;

    [[nodiscard]] const TimeZone* find(std::string_view name) const;
    [[nodiscard]] std::size_t size() const { return zones_.size(); }

private:
    struct Entry;
    TimeZones();

    base::KeyedMap<std::string, std::unique_ptr<Entry>> zones_;
};

}  // namespace attune::engine
