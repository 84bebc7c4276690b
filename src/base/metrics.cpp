#include "base/metrics.h"

#include "base/result.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

namespace attune::base {
namespace {

constexpr std::string_view kTotal = "_total";

bool is_name(std::string_view name) {
    const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; };
    if (name.empty() || !letter(name.front())) return false;
    return std::ranges::all_of(name, [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
}

std::string escaped(std::string_view text, bool quotes) {
    std::string out;
    for (const char c : text) {
        if (c == '\n') {
            out += "\\n";
            continue;
        }
        if (c == '\\' || (c == '"' && quotes)) out += '\\';
        out += c;
    }
    return out;
}

std::string number(double value) {
    if (std::isnan(value)) return "NaN";
    if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
    std::array<char, 32> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    return {digits.data(), end};
}

// OpenMetrics wants "1.0" where Prometheus has always been told "1".
std::string bound(double value, MetricsFormat format) {
    std::string text = number(value);
    const bool whole = text.find_first_of(".eI") == std::string::npos;
    if (format == MetricsFormat::openmetrics && whole) text += ".0";
    return text;
}

std::string_view name_of(MetricKind kind) {
    switch (kind) {
        case MetricKind::counter:
            return "counter";
        case MetricKind::gauge:
            return "gauge";
        case MetricKind::histogram:
            return "histogram";
    }
    return {};
}

}  // namespace

TimeHistogram::TimeHistogram(std::span<const double> bounds_seconds)
    : bounds_(bounds_seconds.begin(), bounds_seconds.end()), counts_(bounds_seconds.size() + 1) {
    ATTUNE_CHECK(std::ranges::is_sorted(bounds_));
}

void TimeHistogram::observe(std::chrono::nanoseconds took) {
    const double seconds = static_cast<double>(took.count()) * 1e-9;
    const auto bucket = std::ranges::lower_bound(bounds_, seconds) - bounds_.begin();
    counts_[static_cast<std::size_t>(bucket)].fetch_add(1, std::memory_order_relaxed);
    nanoseconds_.fetch_add(took.count(), std::memory_order_relaxed);
}

std::vector<std::uint64_t> TimeHistogram::counts() const {
    std::vector<std::uint64_t> counts;
    counts.reserve(counts_.size());
    for (const auto& count : counts_) counts.push_back(count.load(std::memory_order_relaxed));
    return counts;
}

double TimeHistogram::sum_seconds() const {
    return static_cast<double>(nanoseconds_.load(std::memory_order_relaxed)) / 1e9;
}

std::string_view content_type_of(MetricsFormat format) noexcept {
    return format == MetricsFormat::openmetrics
               ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
               : "text/plain; version=0.0.4; charset=utf-8";
}

MetricsFormat metrics_format_for(std::string_view accept) noexcept {
    return accept.find("application/openmetrics-text") != std::string_view::npos
               ? MetricsFormat::openmetrics
               : MetricsFormat::prometheus;
}

std::string metric_label(std::string_view name, std::string_view value) {
    ATTUNE_CHECK(is_name(name));
    return std::string(name) + "=\"" + escaped(value, true) + "\"";
}

void MetricsText::family(std::string_view name, MetricKind kind, std::string_view help) {
    const bool counter = kind == MetricKind::counter;
    ATTUNE_CHECK(is_name(name) && counter == name.ends_with(kTotal));
    const bool open = format_ == MetricsFormat::openmetrics;
    if (open && counter) name.remove_suffix(kTotal.size());
    text_.append("# HELP ").append(name).append(" ").append(escaped(help, open)).append("\n");
    text_.append("# TYPE ").append(name).append(" ").append(name_of(kind)).append("\n");
}

void MetricsText::sample(std::string_view name, std::string_view labels, double value) {
    text_ += name;
    if (!labels.empty()) text_.append("{").append(labels).append("}");
    text_.append(" ").append(number(value)).append("\n");
}

void MetricsText::histogram(std::string_view name, std::string_view labels,
                            const TimeHistogram& histogram) {
    const auto counts = histogram.counts();
    const auto bounds = histogram.bounds_seconds();
    const std::string buckets = std::string(name) + "_bucket";
    std::string prefix(labels);
    if (!prefix.empty()) prefix += ',';
    double seen = 0;
    for (std::size_t i = 0; i < counts.size(); ++i) {
        seen += static_cast<double>(counts[i]);
        const double upper =
            i < bounds.size() ? bounds[i] : std::numeric_limits<double>::infinity();
        sample(buckets, prefix + metric_label("le", bound(upper, format_)), seen);
    }
    sample(std::string(name) + "_sum", labels, histogram.sum_seconds());
    sample(std::string(name) + "_count", labels, seen);
}

void MetricsText::counter(std::string_view name, std::string_view help, double value) {
    family(name, MetricKind::counter, help);
    sample(name, {}, value);
}

void MetricsText::gauge(std::string_view name, std::string_view help, double value) {
    family(name, MetricKind::gauge, help);
    sample(name, {}, value);
}

std::string MetricsText::finish() && {
    if (format_ == MetricsFormat::openmetrics) text_ += "# EOF\n";
    return std::move(text_);
}

}  // namespace attune::base
