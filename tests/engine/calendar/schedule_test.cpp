#include "engine/calendar/schedule.h"

#include <gtest/gtest.h>

namespace attune::engine {
namespace {

base::Time at(std::string_view text) { return base::parse_time(text).value(); }

class ScheduleTest : public testing::Test {
protected:
    std::unique_ptr<const Schedule> compile(const domain::Schedule& schedule) {
        auto compiled = Schedule::compile(schedule, zones_);
        EXPECT_TRUE(compiled) << compiled.error().message;
        return compiled ? *std::move(compiled) : nullptr;
    }
    std::string wrong(const domain::Schedule& schedule) {
        auto compiled = Schedule::compile(schedule, zones_);
        return compiled || compiled.error().fields.empty() ? ""
                                                           : compiled.error().fields[0].pointer;
    }

    TimeZones zones_ = TimeZones::of_system();
};

TEST_F(ScheduleTest, IsOnBetweenItsEnds) {
    const auto schedule =
        compile({.from = at("2026-03-01T00:00:00Z"), .until = at("2026-03-02T00:00:00Z")});
    EXPECT_FALSE(schedule->is_on(at("2026-02-28T23:59:59.999999Z")));
    EXPECT_TRUE(schedule->is_on(at("2026-03-01T00:00:00Z")));
    EXPECT_TRUE(schedule->is_on(at("2026-03-01T23:59:59.999999Z")));
    EXPECT_FALSE(schedule->is_on(at("2026-03-02T00:00:00Z")));
    EXPECT_TRUE(compile({})->is_on(at("1971-01-01T00:00:00Z")));
}

TEST_F(ScheduleTest, IsOnAfterEachFiringInItsZone) {
    // 6 March 2026 is a Friday.
    const auto schedule = compile(
        {.cron = "0 18 * * fri", .duration_seconds = 3 * 3600, .time_zone = "Europe/Zurich"});
    EXPECT_FALSE(schedule->is_on(at("2026-03-06T16:59:59Z")));
    EXPECT_TRUE(schedule->is_on(at("2026-03-06T17:00:00Z")));
    EXPECT_TRUE(schedule->is_on(at("2026-03-06T19:59:59Z")));
    EXPECT_FALSE(schedule->is_on(at("2026-03-06T20:00:00Z")));
    EXPECT_TRUE(schedule->is_on(at("2026-07-03T16:00:00Z"))) << "summer time";
}

TEST_F(ScheduleTest, FiringsMayLastOverMidnightAndMonths) {
    const auto weekend = compile({.cron = "0 20 * * fri", .duration_seconds = 52 * 3600});
    EXPECT_TRUE(weekend->is_on(at("2026-03-08T23:59:00Z")));
    EXPECT_FALSE(weekend->is_on(at("2026-03-09T00:00:00Z")));
    const auto month = compile({.cron = "0 0 1 * *", .duration_seconds = 31 * 86'400});
    EXPECT_TRUE(month->is_on(at("2026-03-31T23:59:00Z")));
}

TEST_F(ScheduleTest, NamesTheMemberThatIsWrong) {
    EXPECT_EQ(wrong({.from = at("2026-03-02T00:00:00Z"), .until = at("2026-03-01T00:00:00Z")}),
              "/until");
    EXPECT_EQ(wrong({.time_zone = "Europe/Nowhere"}), "/time_zone");
    EXPECT_EQ(wrong({.duration_seconds = 60}), "/duration_seconds");
    EXPECT_EQ(wrong({.cron = "0 0 * * *"}), "/duration_seconds");
    EXPECT_EQ(wrong({.cron = "0 0 * * *", .duration_seconds = 61}), "/duration_seconds");
    EXPECT_EQ(wrong({.cron = "0 0 * * *", .duration_seconds = 32 * 86'400}), "/duration_seconds");
    EXPECT_EQ(wrong({.cron = "a b c d e", .duration_seconds = 60}), "/cron");
}

}  // namespace
}  // namespace attune::engine
