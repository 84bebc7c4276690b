#include "engine/track/local_clock.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace attune::engine {
namespace {

base::Time at(std::string_view text) { return base::parse_time(text).value(); }

TEST(LocalClock, KnowsTheHourAndWeekdayWithSummerTime) {
    const LocalClock clocks = LocalClock::of_system();
    // 1 March 2026 is a Sunday.
    EXPECT_EQ(clocks.at(at("2026-03-01T23:30:00Z"), "Europe/Zurich"), (LocalTime{0, 0}));
    EXPECT_EQ(clocks.at(at("2026-07-01T10:00:00Z"), "Europe/Zurich"), (LocalTime{12, 2}));
    EXPECT_EQ(clocks.at(at("2026-03-01T03:30:00Z"), "America/New_York"), (LocalTime{22, 5}));
    EXPECT_EQ(clocks.at(at("2026-03-01T00:00:00Z"), "Asia/Kathmandu"), (LocalTime{5, 6}));
    EXPECT_EQ(clocks.at(at("2026-03-01T00:00:00Z"), "UTC"), (LocalTime{0, 6}));
}

TEST(LocalClock, LooksUpOnlyWhatTheDatabaseHas) {
    const LocalClock clocks = LocalClock::of_system();
    EXPECT_GT(clocks.zones(), 300u);
    for (const char* name : {"", "Europe/Nowhere", "../../etc/passwd", "/etc/passwd",
                             "europe/zurich", "zone.tab", "posixrules", "posix/UTC", "file:UTC",
                             "Fixed/UTC+01:00:00", "tzdata.zi", "leapseconds"}) {
        EXPECT_FALSE(clocks.at(at("2026-03-01T00:00:00Z"), name)) << name;
    }
    EXPECT_FALSE(clocks.at(at("2026-03-01T00:00:00Z"), std::string(100'000, 'a')));
}

TEST(LocalClock, CountsUtcWithoutAZone) {
    EXPECT_EQ(utc_local_time(at("2026-03-01T23:59:59Z")), (LocalTime{23, 6}));
    EXPECT_EQ(utc_local_time(at("1969-12-31T23:00:00Z")), (LocalTime{23, 2}));
}

TEST(LocalClock, IsSharedByThreads) {
    const LocalClock clocks = LocalClock::of_system();
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&] {
            for (const char* zone : {"Asia/Tokyo", "Europe/Paris", "America/Lima"}) {
                EXPECT_TRUE(clocks.at(at("2026-03-01T00:00:00Z"), zone));
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace attune::engine
