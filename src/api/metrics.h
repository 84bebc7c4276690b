// Metrics: what each route did, counted without a lock. Routes and statuses are the only labels, so the number of
// series is bounded by the route table; nothing of a person or a tenant is ever a label.
#pragma once

#include "http/message.h"
#include "http/router.h"
#include "http/server.h"

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace attune::api {

// Writes the text that Prometheus reads: version 0.0.4, or OpenMetrics 1.0.0 (counters lose their "_total" in TYPE
// and HELP, and "# EOF" ends the text).
class MetricsText {
public:
    enum class Format : std::uint8_t { prometheus, open_metrics };
    explicit MetricsText(Format format) : format_(format) {}

    // Begins a family. Counters are called "…_total".
    void family(std::string_view name, std::string_view type, std::string_view help);
    void sample(std::string_view name, std::string_view labels, double value);
    void counter(std::string_view name, std::string_view help, double value);
    void gauge(std::string_view name, std::string_view help, double value);
    [[nodiscard]] std::string finish() &&;

private:
    Format format_;
    std::string text_;
};

[[nodiscard]] std::string metric_label(std::string_view name, std::string_view value);

class Metrics {
public:
    static constexpr std::array<double, 14> kBucketsSeconds{0.00005, 0.0001, 0.00025, 0.0005, 0.001,
                                                            0.0025,  0.005,  0.01,    0.025,  0.05,
                                                            0.1,     0.25,   1.0,     10.0};

    // Before the server starts; the router's routes stay where they are.
    void bind(const http::Router& router);
    // After each answer, from any thread.
    void observe(const http::ServerOptions::Exchange& exchange);
    // Messages of a batch that could not be taken while their neighbours were.
    void count_dropped(std::uint64_t messages) {
        dropped_.fetch_add(messages, std::memory_order_relaxed);
    }
    void write(MetricsText& text) const;

private:
    struct Series {
        std::string labels;
        std::array<std::atomic<std::uint64_t>, 6> by_class{};  // 1xx … 5xx at 1 … 5
        std::array<std::atomic<std::uint64_t>, kBucketsSeconds.size() + 1> buckets{};
        std::atomic<std::uint64_t> nanoseconds{0};
        std::atomic<std::uint64_t> bytes_in{0};
        std::atomic<std::uint64_t> bytes_out{0};
    };

    std::unordered_map<const http::Route*, std::size_t> index_;  // constant after bind()
    std::atomic<std::uint64_t> dropped_{0};
    std::vector<std::unique_ptr<Series>>
        series_;  // the last one is for requests that matched no route
};

}  // namespace attune::api
