// Metrics: counters, gauges and histograms, for Prometheus. Their owner makes them once and keeps
// the reference; counting is one atomic addition.
//
//     Metrics metrics;                                             // made in app/, passed in
//     Counter& stored = metrics.counter("attune_events_stored_total", "Events made durable.");
//     Histogram& wait = metrics.histogram("attune_fsync_seconds", "Time of one fsync.",
//     kLatencyBuckets); stored.add(); wait.observe(0.002); metrics.gauge("attune_queue_items",
//     "Waiting.", {{"queue", "ingest"}}).set(3); std::string body =
//     metrics.render(MetricsFormat::prometheus);
//
// Thread-safe; what is handed out lives as long as the Metrics. Labels never hold what comes from
// outside (no user ids): past kSeriesMax series of one name, all further ones are counted together
// under the label value "other". A name that is malformed, or is used for two kinds of thing, is a
// bug and stops the process.
#pragma once

#include "base/mutex.h"

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace attune::base {

using Labels = std::vector<std::pair<std::string, std::string>>;

// Only ever grows.
class Counter {
public:
    void add(std::uint64_t count = 1) { value_.fetch_add(count, std::memory_order_relaxed); }
    [[nodiscard]] std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

private:
    alignas(64) std::atomic<std::uint64_t> value_{0};
};

class Gauge {
public:
    void set(double value) { value_.store(value, std::memory_order_relaxed); }
    void add(double by) { value_.fetch_add(by, std::memory_order_relaxed); }
    [[nodiscard]] double value() const { return value_.load(std::memory_order_relaxed); }

private:
    alignas(64) std::atomic<double> value_{0};
};

class Histogram {
public:
    // `bounds` ascend; what is above the last is counted too.
    explicit Histogram(std::span<const double> bounds);

    void observe(double value);
    [[nodiscard]] std::span<const double> bounds() const { return bounds_; }
    // How many were seen in each bucket alone; one more than there are bounds.
    [[nodiscard]] std::vector<std::uint64_t> counts() const;
    [[nodiscard]] double sum() const { return sum_.load(std::memory_order_relaxed); }

private:
    std::vector<double> bounds_;
    std::vector<std::atomic<std::uint64_t>> counts_;
    std::atomic<double> sum_{0};
};

// Seconds, from 0.1 ms to 10 s.
inline constexpr double kLatencyBuckets[] = {0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005,
                                             0.01,   0.025,   0.05,   0.1,   0.25,   0.5,
                                             1,      2.5,     5,      10};

enum class MetricsFormat : std::uint8_t { prometheus, openmetrics };

// What to say in Content-Type.
[[nodiscard]] std::string_view content_type_of(MetricsFormat format) noexcept;
// OpenMetrics when the Accept header asks for it, else Prometheus text 0.0.4.
[[nodiscard]] MetricsFormat metrics_format_for(std::string_view accept) noexcept;

class Metrics {
public:
    static constexpr std::size_t kSeriesMax = 1000;  // of one name

    Metrics();
    ~Metrics();

    // The same name and labels give the same object. A counter's name ends in "_total".
    Counter& counter(std::string_view name, std::string_view help, const Labels& labels = {});
    Gauge& gauge(std::string_view name, std::string_view help, const Labels& labels = {});
    Histogram& histogram(std::string_view name, std::string_view help,
                         std::span<const double> bounds, const Labels& labels = {});
    // Asked whenever the metrics are read; must be quick, thread-safe, and valid as long as the
    // Metrics. Given a name and labels again, the newer one counts.
    void gauge_from(std::string_view name, std::string_view help, std::function<double()> read,
                    const Labels& labels = {});

    [[nodiscard]] std::string render(MetricsFormat format) const;

private:
    struct Family;
    struct Series;
    Series& series(char kind, std::string_view name, std::string_view help, const Labels& labels)
        ATTUNE_REQUIRES(mutex_);

    mutable Mutex mutex_;
    std::map<std::string, Family, std::less<>> families_ ATTUNE_GUARDED_BY(mutex_);
};

}  // namespace attune::base
