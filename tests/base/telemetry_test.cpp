// Logs, metrics and rate limits.
#include "base/log.h"
#include "base/manual_clock.h"
#include "base/metrics.h"
#include "base/token_bucket.h"

#include <gtest/gtest.h>

#include <unistd.h>

#include <cmath>
#include <thread>

namespace attune::base {
namespace {

using namespace std::chrono_literals;

TEST(Log, LinesAreKeyAndValue) {
    EXPECT_EQ(format_log_line(*parse_time("2026-03-01T12:30:00Z"), LogLevel::info, "store.opened",
                              {{"path", "/data"},
                               {"records", 10},
                               {"ok", true},
                               {"ratio", 0.5},
                               {"note", "two words"},
                               {"none", ""}}),
              "ts=2026-03-01T12:30:00Z level=info event=store.opened path=/data records=10 ok=true "
              "ratio=0.5 "
              "note=\"two words\" none=\"\"\n");
}

TEST(Log, ValuesCannotForgeLinesOrOrderTerminals) {
    const std::string line = format_log_line(
        Time{}, LogLevel::error, "x", {{"v", "a\r\nlevel=error event=forged\x1b[2J\"\\\xc2\x85"}});
    EXPECT_EQ(line,
              "ts=1970-01-01T00:00:00Z level=error event=x "
              "v=\"a\\r\\nlevel=error event=forged\\x1b[2J\\\"\\\\\\xc2\\x85\"\n");
    EXPECT_EQ(std::count(line.begin(), line.end(), '\n'), 1);
}

TEST(Log, LongValuesAreCut) {
    const std::string line =
        format_log_line(Time{}, LogLevel::info, "x", {{"v", std::string(5000, 'a')}});
    EXPECT_LT(line.size(), 1200u);
    EXPECT_TRUE(line.ends_with("a\"...\n"));
}

TEST(StreamLog, IsRateLimitedByEventAndConfesses) {
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    ManualClock clock;
    StreamLog log(ends[1], clock, {.level = LogLevel::info, .lines_per_second_max = 2});
    for (int i = 0; i < 5; ++i) log.warning("loop", {{"i", i}});
    log.info("other");
    log.debug("never");
    clock.advance(std::chrono::seconds(1));
    log.warning("loop", {{"i", 5}});
    ::close(ends[1]);
    std::string text(4096, '\0');
    const auto got = ::read(ends[0], text.data(), text.size());
    ::close(ends[0]);
    ASSERT_GT(got, 0);
    text.resize(static_cast<std::size_t>(got));
    EXPECT_EQ(text,
              "ts=1970-01-01T00:00:00Z level=warning event=loop i=0\n"
              "ts=1970-01-01T00:00:00Z level=warning event=loop i=1\n"
              "ts=1970-01-01T00:00:00Z level=info event=other\n"
              "ts=1970-01-01T00:00:01Z level=warning event=loop i=5 left_out=3\n");
}

TEST(Log, LevelsHaveNames) {
    for (const auto level : {LogLevel::debug, LogLevel::info, LogLevel::warning, LogLevel::error}) {
        EXPECT_EQ(parse_log_level(name_of(level)), level);
    }
    EXPECT_EQ(parse_log_level("loud"), std::nullopt);
}

constexpr double kBounds[] = {0.1, 1};

// One of each kind, with everything in it that has to be escaped.
std::string metrics_text(MetricsFormat format) {
    TimeHistogram waits(kBounds);
    for (const auto took : {50ms, 100ms, 500ms, 3000ms}) waits.observe(took);
    MetricsText text(format);
    text.family("a_total", MetricKind::counter, "Line\nbreak \\ and \"quotes\".");
    text.sample("a_total", metric_label("route", "/x\"y\\z\n"), 3);
    text.gauge("b", "A gauge.", -1.5);
    text.family("d_seconds", MetricKind::histogram, "Waiting.");
    text.histogram("d_seconds", metric_label("kind", "fast"), waits);
    return std::move(text).finish();
}

TEST(MetricsText, IsWrittenForPrometheus) {
    EXPECT_EQ(metrics_text(MetricsFormat::prometheus),
              "# HELP a_total Line\\nbreak \\\\ and \"quotes\".\n"
              "# TYPE a_total counter\n"
              "a_total{route=\"/x\\\"y\\\\z\\n\"} 3\n"
              "# HELP b A gauge.\n"
              "# TYPE b gauge\n"
              "b -1.5\n"
              "# HELP d_seconds Waiting.\n"
              "# TYPE d_seconds histogram\n"
              "d_seconds_bucket{kind=\"fast\",le=\"0.1\"} 2\n"
              "d_seconds_bucket{kind=\"fast\",le=\"1\"} 3\n"
              "d_seconds_bucket{kind=\"fast\",le=\"+Inf\"} 4\n"
              "d_seconds_sum{kind=\"fast\"} 3.65\n"
              "d_seconds_count{kind=\"fast\"} 4\n");
}

TEST(MetricsText, IsWrittenInOpenMetrics) {
    EXPECT_EQ(metrics_text(MetricsFormat::openmetrics),
              "# HELP a Line\\nbreak \\\\ and \\\"quotes\\\".\n"
              "# TYPE a counter\n"
              "a_total{route=\"/x\\\"y\\\\z\\n\"} 3\n"
              "# HELP b A gauge.\n"
              "# TYPE b gauge\n"
              "b -1.5\n"
              "# HELP d_seconds Waiting.\n"
              "# TYPE d_seconds histogram\n"
              "d_seconds_bucket{kind=\"fast\",le=\"0.1\"} 2\n"
              "d_seconds_bucket{kind=\"fast\",le=\"1.0\"} 3\n"
              "d_seconds_bucket{kind=\"fast\",le=\"+Inf\"} 4\n"
              "d_seconds_sum{kind=\"fast\"} 3.65\n"
              "d_seconds_count{kind=\"fast\"} 4\n"
              "# EOF\n");
}

TEST(MetricsText, NumbersThatAreNoneAreNamed) {
    MetricsText text(MetricsFormat::prometheus);
    text.sample("x", {}, std::nan(""));
    text.sample("x", {}, HUGE_VAL);
    text.sample("x", {}, -HUGE_VAL);
    EXPECT_EQ(std::move(text).finish(), "x NaN\nx +Inf\nx -Inf\n");
}

TEST(MetricsText, TheReaderChoosesTheFormat) {
    EXPECT_EQ(metrics_format_for("application/openmetrics-text;version=1.0.0,text/plain;q=0.5"),
              MetricsFormat::openmetrics);
    EXPECT_EQ(metrics_format_for("*/*"), MetricsFormat::prometheus);
    EXPECT_EQ(content_type_of(MetricsFormat::prometheus),
              "text/plain; version=0.0.4; charset=utf-8");
}

TEST(MetricsTextDeathTest, ABadNameIsABug) {
    MetricsText text(MetricsFormat::prometheus);
    EXPECT_DEATH(text.counter("a", "", 1), "check failed");
    EXPECT_DEATH(text.gauge("a_total", "", 1), "check failed");
    EXPECT_DEATH(text.gauge("Bad-Name", "", 1), "check failed");
    EXPECT_DEATH((void)metric_label("bad name", ""), "check failed");
}

TEST(TimeHistogram, CountingFromManyThreadsLosesNothing) {
    TimeHistogram histogram(kBounds);
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&] {
            for (int j = 0; j < 10'000; ++j) histogram.observe(500ms);
        });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(histogram.counts(), (std::vector<std::uint64_t>{0, 40'000, 0}));
    EXPECT_EQ(histogram.sum_seconds(), 20'000);
}

TEST(TokenBucket, GivesTheBurstAtOnceAndTheRateAfterwards) {
    TokenBucket bucket(10, 20);
    SteadyTime now{};
    EXPECT_EQ(bucket.take(20, now), Duration(0));
    EXPECT_EQ(bucket.take(1, now), std::chrono::milliseconds(100));
    now += std::chrono::milliseconds(99);
    EXPECT_GT(bucket.take(1, now), Duration(0));
    now += std::chrono::milliseconds(1);
    EXPECT_EQ(bucket.take(1, now), Duration(0));
    now += std::chrono::hours(1);
    EXPECT_EQ(bucket.take(20, now), Duration(0));
    EXPECT_GT(bucket.take(1, now), Duration(0));
}

TEST(TokenBucket, ALargeBatchPassesAFullBucketAndIsPaidForLater) {
    TokenBucket bucket(10, 20);
    SteadyTime now{};
    EXPECT_EQ(bucket.take(50, now), Duration(0));
    EXPECT_EQ(bucket.tokens(), 0);
    EXPECT_EQ(bucket.take(1, now), std::chrono::milliseconds(3100));
    now += std::chrono::milliseconds(3100);
    EXPECT_EQ(bucket.take(1, now), Duration(0));
}

TEST(TokenBucket, ClocksThatJumpNeitherGiveNorTake) {
    TokenBucket bucket(10, 10);
    SteadyTime now{std::chrono::hours(10)};
    EXPECT_EQ(bucket.take(10, now), Duration(0));
    EXPECT_GT(bucket.take(1, now - std::chrono::hours(5)), Duration(0));
    EXPECT_GT(bucket.take(1, now), Duration(0));
    EXPECT_EQ(bucket.take(1, now + std::chrono::milliseconds(100)), Duration(0));
    bucket.give_back(100);
    EXPECT_EQ(bucket.tokens(), 10);
}

TEST(ManualClock, JumpsInWallTimeAlone) {
    ManualClock clock(*parse_time("2026-03-01T00:00:00Z"));
    const auto steady = clock.steady_now();
    clock.advance(std::chrono::seconds(5));
    EXPECT_EQ(clock.steady_now() - steady, std::chrono::seconds(5));
    clock.jump_to(Time{});
    EXPECT_EQ(clock.now(), Time{});
    EXPECT_EQ(clock.steady_now() - steady, std::chrono::seconds(5));
}

}  // namespace
}  // namespace attune::base
