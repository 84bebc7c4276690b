#include "api/metrics.h"

#include <algorithm>
#include <functional>
#include <utility>

namespace attune::api {

namespace {

using base::metric_label;
using base::MetricKind;

void add(std::atomic<std::uint64_t>& counter, std::uint64_t count) {
    counter.fetch_add(count, std::memory_order_relaxed);
}

double read(const std::atomic<std::uint64_t>& counter) {
    return static_cast<double>(counter.load(std::memory_order_relaxed));
}

}  // namespace

void Metrics::bind(const http::Router& router) {
    index_.clear();
    series_.clear();
    for (const auto& route : router.routes()) {
        auto series = std::make_unique<Series>();
        series->labels = metric_label("method", http::name_of(route->method)) + "," +
                         metric_label("route", route->pattern);
        index_.emplace(route.get(), series_.size());
        series_.push_back(std::move(series));
    }
    series_.push_back(std::make_unique<Series>());
    series_.back()->labels = metric_label("method", "") + "," + metric_label("route", "");
}

void Metrics::observe(const http::ServerOptions::Exchange& exchange) {
    if (series_.empty()) return;
    auto at = index_.find(exchange.route);
    Series& series = *series_[at == index_.end() ? series_.size() - 1 : at->second];
    const std::size_t status_class = exchange.status / 100;
    add(series.by_class[status_class < series.by_class.size() ? status_class : 0], 1);
    series.took.observe(exchange.took);
    add(series.bytes_in, exchange.bytes_in);
    add(series.bytes_out, exchange.bytes_out);
}

void Metrics::write(base::MetricsText& text) const {
    text.counter("attune_segment_dropped_total", "Messages of Segment batches that were wrong.",
                 read(dropped_));
    constexpr std::string_view kRequests = "attune_http_requests_total";
    text.family(kRequests, MetricKind::counter, "Answered requests by route and class of status.");
    for (const auto& series : series_) {
        for (std::size_t i = 1; i < series->by_class.size(); ++i) {
            double count = read(series->by_class[i]);
            if (count == 0) continue;
            text.sample(kRequests, series->labels + ",code=\"" + std::to_string(i) + "xx\"", count);
        }
    }
    constexpr std::string_view kSeconds = "attune_http_request_seconds";
    text.family(kSeconds, MetricKind::histogram,
                "Time from the parsed head to the written answer.");
    for (const auto& series : series_) {
        const bool seen = std::ranges::any_of(series->took.counts(), std::identity{});
        if (seen) text.histogram(kSeconds, series->labels, series->took);
    }
    for (bool in : {true, false}) {
        std::string_view name =
            in ? "attune_http_received_bytes_total" : "attune_http_sent_bytes_total";
        text.family(name, MetricKind::counter, in ? "Bytes of requests." : "Bytes of answers.");
        for (const auto& series : series_) {
            double bytes = read(in ? series->bytes_in : series->bytes_out);
            if (bytes > 0) text.sample(name, series->labels, bytes);
        }
    }
}

}  // namespace attune::api
