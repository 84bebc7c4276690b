#include "engine/calendar/time_zones.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace attune::engine {
namespace {

base::Time at(std::string_view text) { return base::parse_time(text).value(); }

// "2026-03-02 00:30 Monday"
std::string said(const TimeZones& zones, std::string_view time, std::string_view zone) {
    constexpr const char* kDays[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                     "Friday", "Saturday", "Sunday"};
    const TimeZone* found = zones.find(zone);
    if (found == nullptr) return "no such zone";
    const LocalTime local = found->local(at(time));
    char text[80];
    std::snprintf(text, sizeof text, "%04d-%02d-%02d %02d:%02d %s", static_cast<int>(local.year),
                  local.month, local.day, local.hour, local.minute, kDays[weekday_of(local)]);
    return text;
}

TEST(TimeZones, KnowWhatTheClockSaysWithSummerTime) {
    const TimeZones zones = TimeZones::of_system();
    EXPECT_EQ(said(zones, "2026-03-01T23:30:00Z", "Europe/Zurich"), "2026-03-02 00:30 Monday");
    EXPECT_EQ(said(zones, "2026-07-01T10:00:00Z", "Europe/Zurich"), "2026-07-01 12:00 Wednesday");
    EXPECT_EQ(said(zones, "2026-03-01T03:30:00Z", "America/New_York"), "2026-02-28 22:30 Saturday");
    EXPECT_EQ(said(zones, "2026-03-01T00:00:00Z", "Asia/Kathmandu"), "2026-03-01 05:45 Sunday");
    EXPECT_EQ(said(zones, "2026-03-01T00:00:00Z", "UTC"), "2026-03-01 00:00 Sunday");
    EXPECT_EQ(utc().local(at("1969-12-31T23:59:59Z")), (LocalTime{1969, 12, 31, 23, 59}));
}

TEST(TimeZones, TurnClocksBackIntoMoments) {
    const TimeZones zones = TimeZones::of_system();
    const TimeZone& zurich = *zones.find("Europe/Zurich");
    EXPECT_EQ(zurich.time({2026, 7, 1, 12, 0}), at("2026-07-01T10:00:00Z"));
    // Clocks jumped from 2 to 3 and later went back from 3 to 2.
    EXPECT_EQ(zurich.time({2026, 3, 29, 2, 30}), at("2026-03-29T01:00:00Z"));
    EXPECT_EQ(zurich.time({2026, 10, 25, 2, 30}), at("2026-10-25T00:30:00Z"));
}

TEST(TimeZones, LookUpOnlyWhatTheDatabaseHas) {
    const TimeZones zones = TimeZones::of_system();
    EXPECT_GT(zones.size(), 300u);
    for (const char* name : {"", "Europe/Nowhere", "../../etc/passwd", "/etc/passwd",
                             "europe/zurich", "zone.tab", "posixrules", "posix/UTC", "file:UTC",
                             "Fixed/UTC+01:00:00", "tzdata.zi", "leapseconds"}) {
        EXPECT_EQ(zones.find(name), nullptr) << name;
    }
    EXPECT_EQ(zones.find(std::string(100'000, 'a')), nullptr);
}

TEST(TimeZones, AreSharedByThreads) {
    const TimeZones zones = TimeZones::of_system();
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&] {
            for (const char* zone : {"Asia/Tokyo", "Europe/Paris", "America/Lima"})
                EXPECT_NE(zones.find(zone), nullptr);
        });
    }
    for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace attune::engine
