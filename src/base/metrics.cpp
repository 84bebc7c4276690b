#include "base/metrics.h"

#include "base/result.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace attune::base {
namespace {

constexpr char kCounter = 'c';
constexpr char kGauge = 'g';
constexpr char kHistogram = 'h';
constexpr std::string_view kTotal = "_total";

bool is_name(std::string_view name) {
    const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; };
    if (name.empty() || !letter(name.front())) return false;
    return std::ranges::all_of(name, [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
}

std::string escaped(std::string_view text, bool quotes) {
    std::string out;
    for (const char c : text) {
        if (c == '\\') {
            out += "\\\\";
        } else if (c == '\n') {
            out += "\\n";
        } else if (c == '"' && quotes) {
            out += "\\\"";
        } else {
            out += c;
        }
    }
    return out;
}

// `a="1",b="2"`, which is also what a series is told apart by.
std::string label_text(const Labels& labels) {
    std::string out;
    for (const auto& [name, value] : labels) {
        ATTUNE_CHECK(is_name(name));
        if (!out.empty()) out += ',';
        out += name + "=\"" + escaped(value, true) + "\"";
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

// OpenMetrics wants "1.0" where Prometheus is content with "1".
std::string bound(double value) {
    std::string text = number(value);
    if (text.find_first_of(".eI") == std::string::npos) text += ".0";
    return text;
}

void append_sample(std::string& out, std::string_view name, std::string_view labels,
                   std::string_view more, std::string_view value) {
    out += name;
    if (!labels.empty() || !more.empty()) {
        out += '{';
        out += labels;
        if (!labels.empty() && !more.empty()) out += ',';
        out += more;
        out += '}';
    }
    out += ' ';
    out += value;
    out += '\n';
}

void append_histogram(std::string& out, const std::string& name, const std::string& labels,
                      const Histogram& histogram) {
    const auto counts = histogram.counts();
    const auto bounds = histogram.bounds();
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < counts.size(); ++i) {
        seen += counts[i];
        const std::string le = i < bounds.size() ? bound(bounds[i]) : "+Inf";
        append_sample(out, name + "_bucket", labels, "le=\"" + le + "\"", std::to_string(seen));
    }
    append_sample(out, name + "_sum", labels, "", number(histogram.sum()));
    append_sample(out, name + "_count", labels, "", std::to_string(seen));
}

}  // namespace

struct Metrics::Series {
    std::unique_ptr<Counter> counter;
    std::unique_ptr<Gauge> gauge;
    std::unique_ptr<Histogram> histogram;
    std::function<double()> read;
};

struct Metrics::Family {
    char kind;
    std::string help;
    std::map<std::string, Series> series;
};

Histogram::Histogram(std::span<const double> bounds)
    : bounds_(bounds.begin(), bounds.end()), counts_(bounds.size() + 1) {
    ATTUNE_CHECK(std::ranges::is_sorted(bounds_));
}

void Histogram::observe(double value) {
    // NaN is above every bound, and would spoil the sum for ever.
    const auto at = std::isnan(value) ? bounds_.end() : std::ranges::lower_bound(bounds_, value);
    counts_[static_cast<std::size_t>(at - bounds_.begin())].fetch_add(1, std::memory_order_relaxed);
    if (!std::isnan(value)) sum_.fetch_add(value, std::memory_order_relaxed);
}

std::vector<std::uint64_t> Histogram::counts() const {
    std::vector<std::uint64_t> counts;
    counts.reserve(counts_.size());
    for (const auto& count : counts_) counts.push_back(count.load(std::memory_order_relaxed));
    return counts;
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

Metrics::Metrics() = default;
Metrics::~Metrics() = default;

Metrics::Series& Metrics::series(char kind, std::string_view name, std::string_view help,
                                 const Labels& labels) {
    ATTUNE_CHECK(is_name(name) && (kind == kCounter) == name.ends_with(kTotal));
    auto at = families_.find(name);
    if (at == families_.end()) {
        at = families_.emplace(std::string(name), Family{kind, std::string(help), {}}).first;
    }
    Family& family = at->second;
    ATTUNE_CHECK(family.kind == kind);
    std::string text = label_text(labels);
    if (family.series.size() >= kSeriesMax && !family.series.contains(text)) {
        Labels other = labels;
        for (auto& label : other) label.second = "other";
        text = label_text(other);
    }
    return family.series[text];
}

Counter& Metrics::counter(std::string_view name, std::string_view help, const Labels& labels) {
    MutexLock lock(mutex_);
    Series& found = series(kCounter, name, help, labels);
    if (!found.counter) found.counter = std::make_unique<Counter>();
    return *found.counter;
}

Gauge& Metrics::gauge(std::string_view name, std::string_view help, const Labels& labels) {
    MutexLock lock(mutex_);
    Series& found = series(kGauge, name, help, labels);
    if (!found.gauge) found.gauge = std::make_unique<Gauge>();
    return *found.gauge;
}

void Metrics::gauge_from(std::string_view name, std::string_view help, std::function<double()> read,
                         const Labels& labels) {
    MutexLock lock(mutex_);
    series(kGauge, name, help, labels).read = std::move(read);
}

Histogram& Metrics::histogram(std::string_view name, std::string_view help,
                              std::span<const double> bounds, const Labels& labels) {
    MutexLock lock(mutex_);
    Series& found = series(kHistogram, name, help, labels);
    if (!found.histogram) found.histogram = std::make_unique<Histogram>(bounds);
    return *found.histogram;
}

std::string Metrics::render(MetricsFormat format) const {
    const bool open = format == MetricsFormat::openmetrics;
    std::string out;
    MutexLock lock(mutex_);
    for (const auto& [name, family] : families_) {
        // OpenMetrics names a counter's family without the suffix of its samples.
        const std::string_view full = name;
        const std::string_view base =
            open && family.kind == kCounter ? full.substr(0, full.size() - kTotal.size()) : full;
        const std::string_view kind = family.kind == kCounter ? "counter"
                                      : family.kind == kGauge ? "gauge"
                                                              : "histogram";
        out.append("# HELP ")
            .append(base)
            .append(" ")
            .append(escaped(family.help, open))
            .append("\n");
        out.append("# TYPE ").append(base).append(" ").append(kind).append("\n");
        for (const auto& [labels, series] : family.series) {
            if (series.histogram) append_histogram(out, name, labels, *series.histogram);
            if (series.counter) {
                append_sample(out, name, labels, "", std::to_string(series.counter->value()));
            }
            if (series.read) {
                append_sample(out, name, labels, "", number(series.read()));
            } else if (series.gauge) {
                append_sample(out, name, labels, "", number(series.gauge->value()));
            }
        }
    }
    if (open) out += "# EOF\n";
    return out;
}

}  // namespace attune::base
