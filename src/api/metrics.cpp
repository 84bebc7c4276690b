#include "api/metrics.h"

#include <charconv>
#include <cmath>

namespace attune::api {

namespace {

void append_number(std::string& out, double value) {
    if (std::isinf(value)) {
        out += value > 0 ? "+Inf" : "-Inf";
        return;
    }
    char buffer[32];
    auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
    out.append(buffer, end);
}

void add(std::atomic<std::uint64_t>& counter, std::uint64_t count) {
    counter.fetch_add(count, std::memory_order_relaxed);
}

double read(const std::atomic<std::uint64_t>& counter) {
    return static_cast<double>(counter.load(std::memory_order_relaxed));
}

}  // namespace

std::string metric_label(std::string_view name, std::string_view value) {
    std::string label(name);
    label += "=\"";
    for (char c : value) {
        if (c == '\\' || c == '"') label += '\\';
        if (c == '\n') {
            label += "\\n";
        } else {
            label += c;
        }
    }
    return label + '"';
}

void MetricsText::family(std::string_view name, std::string_view type, std::string_view help) {
    constexpr std::string_view kTotal = "_total";
    if (format_ == Format::open_metrics && type == "counter" && name.ends_with(kTotal)) {
        name.remove_suffix(kTotal.size());
    }
    text_.append("# HELP ").append(name).append(" ").append(help).append("\n");
    text_.append("# TYPE ").append(name).append(" ").append(type).append("\n");
}

void MetricsText::sample(std::string_view name, std::string_view labels, double value) {
    text_ += name;
    if (!labels.empty()) text_.append("{").append(labels).append("}");
    text_ += ' ';
    append_number(text_, value);
    text_ += '\n';
}

void MetricsText::counter(std::string_view name, std::string_view help, double value) {
    family(name, "counter", help);
    sample(name, {}, value);
}

void MetricsText::gauge(std::string_view name, std::string_view help, double value) {
    family(name, "gauge", help);
    sample(name, {}, value);
}

std::string MetricsText::finish() && {
    if (format_ == Format::open_metrics) text_ += "# EOF\n";
    return std::move(text_);
}

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
    const auto nanoseconds = static_cast<std::uint64_t>(exchange.took.count());
    const double seconds = static_cast<double>(nanoseconds) * 1e-9;
    std::size_t bucket = 0;
    while (bucket < kBucketsSeconds.size() && seconds > kBucketsSeconds[bucket]) ++bucket;
    add(series.buckets[bucket], 1);
    add(series.nanoseconds, nanoseconds);
    add(series.bytes_in, exchange.bytes_in);
    add(series.bytes_out, exchange.bytes_out);
}

void Metrics::write(MetricsText& text) const {
    text.counter("attune_segment_dropped_total", "Messages of Segment batches that were wrong.",
                 read(dropped_));
    constexpr std::string_view kRequests = "attune_http_requests_total";
    text.family(kRequests, "counter", "Answered requests by route and class of status.");
    for (const auto& series : series_) {
        for (std::size_t i = 1; i < series->by_class.size(); ++i) {
            double count = read(series->by_class[i]);
            if (count == 0) continue;
            text.sample(kRequests, series->labels + ",code=\"" + std::to_string(i) + "xx\"", count);
        }
    }
    constexpr std::string_view kSeconds = "attune_http_request_seconds";
    text.family(kSeconds, "histogram", "Time from the parsed head to the written answer.");
    for (const auto& series : series_) {
        double cumulative = 0;
        const std::string prefix = series->labels + ",le=\"";
        std::string rows;
        std::array<double, kBucketsSeconds.size() + 1> counts{};
        for (std::size_t i = 0; i < counts.size(); ++i) counts[i] = read(series->buckets[i]);
        double total = 0;
        for (double count : counts) total += count;
        if (total == 0) continue;
        for (std::size_t i = 0; i < counts.size(); ++i) {
            cumulative += counts[i];
            std::string le = prefix;
            append_number(le, i < kBucketsSeconds.size() ? kBucketsSeconds[i] : HUGE_VAL);
            text.sample("attune_http_request_seconds_bucket", le + "\"", cumulative);
        }
        text.sample("attune_http_request_seconds_sum", series->labels,
                    read(series->nanoseconds) * 1e-9);
        text.sample("attune_http_request_seconds_count", series->labels, cumulative);
    }
    for (bool in : {true, false}) {
        std::string_view name =
            in ? "attune_http_received_bytes_total" : "attune_http_sent_bytes_total";
        text.family(name, "counter", in ? "Bytes of requests." : "Bytes of answers.");
        for (const auto& series : series_) {
            double bytes = read(in ? series->bytes_in : series->bytes_out);
            if (bytes > 0) text.sample(name, series->labels, bytes);
        }
    }
}

}  // namespace attune::api
