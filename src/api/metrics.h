// Metrics: what each route did, counted without a lock. Routes and statuses are the only labels, so the number of
// series is bounded by the route table; nothing of a person or a tenant is ever a label.
#pragma once

#include "base/metrics.h"
#include "http/message.h"
#include "http/router.h"
#include "http/server.h"

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace attune::api {

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
    void write(base::MetricsText& text) const;

private:
    struct Series {
        std::string labels;
        std::array<std::atomic<std::uint64_t>, 6> by_class{};  // 1xx … 5xx at 1 … 5
        base::TimeHistogram took{kBucketsSeconds};
        std::atomic<std::uint64_t> bytes_in{0};
        std::atomic<std::uint64_t> bytes_out{0};
    };

    std::unordered_map<const http::Route*, std::size_t> index_;  // constant after bind()
    std::atomic<std::uint64_t> dropped_{0};
    std::vector<std::unique_ptr<Series>>
        series_;  // the last one is for requests that matched no route
};

}  // namespace attune::api
