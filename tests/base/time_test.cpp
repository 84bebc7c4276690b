#include "base/time.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace attune::base {
namespace {

std::string normal(std::string_view text) {
    const auto time = parse_time(text);
    return time ? format_time(*time) : "refused";
}

TEST(Time, FormatsAsMuchFractionAsThereIs) {
    const Time noon = *parse_time("2026-03-01T12:30:00Z");
    EXPECT_EQ(noon.time_since_epoch(), std::chrono::microseconds(1772368200000000));
    EXPECT_EQ(format_time(noon), "2026-03-01T12:30:00Z");
    EXPECT_EQ(format_time(noon + std::chrono::milliseconds(250)), "2026-03-01T12:30:00.25Z");
    EXPECT_EQ(format_time(noon + Duration(1)), "2026-03-01T12:30:00.000001Z");
    EXPECT_EQ(format_time(Time{}), "1970-01-01T00:00:00Z");
    EXPECT_EQ(format_time(Time{} - Duration(1)), "1969-12-31T23:59:59.999999Z");
}

TEST(Time, ReadsAnyOffsetAndCase) {
    EXPECT_EQ(normal("2026-03-01t12:30:00z"), "2026-03-01T12:30:00Z");
    EXPECT_EQ(normal("2026-03-01T00:30:00+01:00"), "2026-02-28T23:30:00Z");
    EXPECT_EQ(normal("2026-03-01T00:30:00-23:59"), "2026-03-02T00:29:00Z");
    EXPECT_EQ(normal("2026-03-01T00:30:00-00:00"), "2026-03-01T00:30:00Z");
    EXPECT_EQ(normal("2026-03-01T12:30:00.1234569Z"), "2026-03-01T12:30:00.123456Z");
    EXPECT_EQ(normal("2026-03-01T12:30:00.123456789Z"), "2026-03-01T12:30:00.123456Z");
}

TEST(Time, RefusesWhatIsNoTime) {
    for (const std::string_view text : {"",
                                        "2026",
                                        "2026-03-01",
                                        "2026-03-01T12:30Z",
                                        "2026-03-01 12:30:00Z",
                                        "2026-03-01T12:30:00",
                                        "2026-02-29T00:00:00Z",
                                        "2026-02-30T00:00:00Z",
                                        "2026-13-01T00:00:00Z",
                                        "2026-00-01T00:00:00Z",
                                        "2026-01-00T00:00:00Z",
                                        "2026-01-01T24:00:00Z",
                                        "2026-01-01T00:60:00Z",
                                        "2026-01-01T00:00:61Z",
                                        "2026-01-01T00:00:00.Z",
                                        "2026-01-01T00:00:00.1234567890Z",
                                        "2026-01-01T00:00:00,5Z",
                                        "2026-01-01T00:00:00+1:00",
                                        "2026-01-01T00:00:00+0100",
                                        "2026-01-01T00:00:00+24:00",
                                        "2026-01-01T00:00:00+00:60",
                                        "2026-01-01T00:00:00ZZ",
                                        " 2026-01-01T00:00:00Z",
                                        "2026-01-01T00:00:00Z ",
                                        "+2026-01-01T00:00:00Z",
                                        "10000-01-01T00:00:00Z",
                                        "-001-01-01T00:00:00Z",
                                        "２０26-01-01T00:00:00Z"}) {
        EXPECT_EQ(normal(text), "refused") << text;
    }
}

TEST(Time, HoldsTheYearsThatHaveFourDigits) {
    EXPECT_EQ(normal("0000-01-01T00:00:00Z"), "0000-01-01T00:00:00Z");
    EXPECT_EQ(normal("9999-12-31T23:59:59.999999Z"), "9999-12-31T23:59:59.999999Z");
    EXPECT_EQ(normal("0000-01-01T00:00:00+00:01"), "refused");
    EXPECT_EQ(normal("9999-12-31T23:59:59-00:01"), "refused");
    EXPECT_EQ(format_time(Time::max()), "9999-12-31T23:59:59.999999Z");
    EXPECT_EQ(format_time(Time::min()), "0000-01-01T00:00:00Z");
}

TEST(Time, ALeapSecondEndsAUtcDay) {
    EXPECT_EQ(normal("2016-12-31T23:59:60Z"), "2017-01-01T00:00:00Z");
    EXPECT_EQ(normal("2017-01-01T00:59:60+01:00"), "2017-01-01T00:00:00Z");
    EXPECT_EQ(normal("2016-12-31T23:58:60Z"), "refused");
    EXPECT_EQ(normal("9999-12-31T23:59:60Z"), "refused");
    EXPECT_EQ(normal("2000-02-29T00:00:00Z"), "2000-02-29T00:00:00Z");
    EXPECT_EQ(normal("1900-02-29T00:00:00Z"), "refused");
}

TEST(Time, EveryTimeReadsBackAsItWasWritten) {
    rc::check([] {
        const Time time{Duration{
            *rc::gen::inRange<std::int64_t>(-62'167'219'200'000'000, 253'402'300'800'000'000)}};
        RC_ASSERT(parse_time(format_time(time)) == time);
    });
}

TEST(Time, TheSystemClockMoves) {
    const SystemClock clock;
    const auto before = clock.steady_now();
    EXPECT_LE(before, clock.steady_now());
    EXPECT_GT(clock.now(), *parse_time("2020-01-01T00:00:00Z"));
}

}  // namespace
}  // namespace attune::base
