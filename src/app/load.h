// A load of HTTP requests over plain connections, for `attune bench`: one thread, many sockets, as little work a
// request as can be, so that the figures are the server's and not the client's.
//
// Closed loop: each connection sends its next request when it has the answer to the last. Open loop: requests fall due at
// a fixed rate, whether or not the server keeps up, and a request's time is counted from when it was due: what waits for
// a free connection is part of what a client would have felt.
#pragma once

#include "base/result.h"
#include "base/time.h"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace attune::app {

struct LoadPlan {
    std::string host;  // an IPv4 address
    std::uint16_t port = 0;
    std::size_t connections = 64;
    std::uint64_t rate_per_second = 0;  // 0: closed loop
    base::Duration duration = std::chrono::seconds(10);
    base::Duration warm_up = std::chrono::seconds(1);
    // The whole text of request `number`, head and body.
    std::function<void(std::uint64_t number, std::string& out)> request;
    // Called when the warm-up is over and when the measured time is.
    std::function<void()> begin;
    std::function<void()> end;
};

// Times in buckets some 3 % wide, from 1 µs to an hour.
class LatencyHistogram {
public:
    void add(std::int64_t microseconds);
    // The time below which the share `p` of all lies.
    [[nodiscard]] std::int64_t percentile(double p) const;
    [[nodiscard]] std::uint64_t count() const { return count_; }
    [[nodiscard]] std::int64_t largest() const { return largest_; }

private:
    static constexpr std::size_t kBuckets = 32 * 32;
    [[nodiscard]] static std::size_t bucket_of(std::uint64_t value);
    [[nodiscard]] static std::uint64_t top_of(std::size_t bucket);

    std::uint64_t counts_[kBuckets] = {};
    std::uint64_t count_ = 0;
    std::int64_t largest_ = 0;
};

struct LoadReport {
    std::uint64_t requests = 0;  // answered within the measured time
    std::uint64_t good = 0;      // 2xx
    std::uint64_t refused = 0;   // 429 and 503
    std::uint64_t failed = 0;    // other answers
    std::uint64_t broken = 0;    // connections that ended before an answer
    std::uint64_t unsent = 0;    // open loop: due, but still waiting for a connection at the end
    std::uint64_t bytes_in = 0;
    double seconds = 0;
    LatencyHistogram latency;
};

[[nodiscard]] Result<LoadReport> run_load(const LoadPlan& plan, const base::Clock& clock);

}  // namespace attune::app
