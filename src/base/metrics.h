// What Prometheus reads: the text of /metrics, and histograms of time to put into it. Whoever has numbers keeps them as plain
// atomics or answers them as a struct; they become text only when somebody asks.
//
//     TimeHistogram waits(kBounds);                                     // counting is two atomic additions
//     waits.observe(2ms);
//
//     MetricsText text(metrics_format_for(accept));
//     text.counter("attune_store_syncs_total", "Times the disk was asked.", stats.syncs);
//     text.family("attune_wait_seconds", MetricKind::histogram, "Waiting.");
//     text.histogram("attune_wait_seconds", metric_label("queue", "ingest"), waits);
//     answer(content_type_of(format), std::move(text).finish());
//
// Labels never hold what comes from outside (no user ids): a series lives for ever in the one who reads it.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace attune::base {

// How often something took how long. Thread-safe; the sum is of whole nanoseconds, so that it stays exact for centuries.
class TimeHistogram {
public:
    // `bounds_seconds` ascend; what is above the last is counted too.
    explicit TimeHistogram(std::span<const double> bounds_seconds);

    void observe(std::chrono::nanoseconds took);
    [[nodiscard]] std::span<const double> bounds_seconds() const { return bounds_; }
    // How many were seen in each bucket alone; one more than there are bounds.
    [[nodiscard]] std::vector<std::uint64_t> counts() const;
    [[nodiscard]] double sum_seconds() const;

private:
    const std::vector<double> bounds_;
    std::vector<std::atomic<std::uint64_t>> counts_;
    std::atomic<std::int64_t> nanoseconds_{0};
};

// Text 0.0.4 of Prometheus, or OpenMetrics 1.0.0: there counters lose their "_total" in HELP and TYPE, bounds are written as
// reals, quotes in HELP are escaped, and "# EOF" ends the text.
enum class MetricsFormat : std::uint8_t { prometheus, openmetrics };

// What to say in Content-Type.
[[nodiscard]] std::string_view content_type_of(MetricsFormat format) noexcept;
// OpenMetrics when the Accept header asks for it, else Prometheus.
[[nodiscard]] MetricsFormat metrics_format_for(std::string_view accept) noexcept;

enum class MetricKind : std::uint8_t { counter, gauge, histogram };

// `name="value"`; several are joined by commas.
[[nodiscard]] std::string metric_label(std::string_view name, std::string_view value);

// Belongs to one thread. A malformed name, or a counter whose name does not end in "_total", is a bug and stops the process.
class MetricsText {
public:
    explicit MetricsText(MetricsFormat format) : format_(format) {}

    // Begins a family; its samples follow.
    void family(std::string_view name, MetricKind kind, std::string_view help);
    void sample(std::string_view name, std::string_view labels, double value);
    void histogram(std::string_view name, std::string_view labels, const TimeHistogram& histogram);
    // A family of one sample.
    void counter(std::string_view name, std::string_view help, double value);
    void gauge(std::string_view name, std::string_view help, double value);
    [[nodiscard]] std::string finish() &&;

private:
    const MetricsFormat format_;
    std::string text_;
};

}  // namespace attune::base
