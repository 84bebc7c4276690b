#include "engine/track/event_time.h"

#include <gtest/gtest.h>

namespace attune::engine {
namespace {

using namespace std::chrono_literals;

base::Time at(std::string_view text) { return base::parse_time(text).value(); }
const base::Time kNow = at("2026-03-01T12:00:00Z");

base::Time resolved(std::optional<base::Time> time, std::optional<base::Time> sent_at = {}) {
    const auto result = resolve_time({time, sent_at}, kNow, 24h);
    EXPECT_TRUE(result);
    return result ? result->time : base::Time{};
}

std::string refused(std::optional<base::Time> time, std::optional<base::Time> sent_at = {}) {
    const auto result = resolve_time({time, sent_at}, kNow, 24h);
    if (result) return "";
    EXPECT_EQ(result.error().code, Code::invalid_argument);
    EXPECT_EQ(result.error().reason, "unprocessable");
    return result.error().fields.at(0).pointer;
}

TEST(EventTime, IsTheTimeOfArrivalWhenNoneIsGiven) {
    EXPECT_EQ(resolved({}, at("2001-01-01T00:00:00Z")), kNow);
}

TEST(EventTime, IsTakenAsItIsWhenTheClientsClockIsUnknown) {
    EXPECT_EQ(resolved(at("2026-02-01T00:00:00Z")), at("2026-02-01T00:00:00Z"));
    EXPECT_EQ(resolved(kNow + 23h), kNow + 23h);
}

TEST(EventTime, CountsBackFromTheSendingWhenItIsKnown) {
    // A phone whose clock is three years behind, sending what happened ten minutes before.
    EXPECT_EQ(resolved(at("2023-03-01T11:50:00Z"), at("2023-03-01T12:00:00Z")), kNow - 10min);
    // And one that is in the year 2080.
    EXPECT_EQ(resolved(at("2080-01-01T00:00:00Z"), at("2080-01-01T00:00:05Z")), kNow - 5s);
    // And one that starts in 1970.
    EXPECT_EQ(resolved(at("1970-01-01T00:01:00Z"), at("1970-01-01T00:02:00Z")), kNow - 1min);
}

TEST(EventTime, IsNeverAfterItsArrivalWhenItWasSent) {
    EXPECT_EQ(resolved(at("2023-03-01T12:00:01Z"), at("2023-03-01T12:00:00Z")), kNow);
}

TEST(EventTime, OutsideOfWhatCanBeIsUnprocessable) {
    EXPECT_EQ(refused(at("1999-12-31T23:59:59.999999Z")), "/time");
    EXPECT_EQ(refused(at("2000-01-01T00:00:00Z")), "");
    EXPECT_EQ(refused(kNow + 24h), "");
    EXPECT_EQ(refused(kNow + 24h + 1us), "/time");
    for (const std::int64_t us : {INT64_MIN, INT64_MIN + 1, std::int64_t{-1}, std::int64_t{0},
                                  std::int64_t{1} << 31, std::int64_t{1} << 62, INT64_MAX}) {
        EXPECT_EQ(refused(base::Time(base::Duration(us))), "/time") << us;
    }
    EXPECT_EQ(refused(kNow, base::Time(base::Duration(INT64_MIN))), "/sent_at");
    EXPECT_EQ(refused(base::Time(base::Duration(INT64_MAX)), base::Time(base::Duration(INT64_MIN))),
              "/time");
    // 26 years and more between happening and sending.
    EXPECT_EQ(refused(at("2000-01-01T00:00:00Z"), at("2030-01-01T00:00:00Z")), "/time");
}

}  // namespace
}  // namespace attune::engine
