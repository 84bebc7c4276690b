#include "learn/evaluate/trial.h"

#include "base/json.h"
#include "learn/evaluate/metrics.h"

#include <algorithm>
#include <array>
#include <cstdio>

namespace attune::learn {

namespace {

double seconds_between(base::SteadyTime begin, base::SteadyTime end) {
    return std::chrono::duration<double>(end - begin).count();
}

// As many digits as tell two models apart; the rest is noise that makes files differ.
std::string digits(double value, const char* format = "%.6g") {
    std::array<char, 32> text{};
    const int size = std::snprintf(text.data(), text.size(), format, value);
    return {text.data(), static_cast<std::size_t>(size)};
}

void append_member(std::string& out, bool& is_first, std::string_view name, double value) {
    out.append(is_first ? "" : ", ");
    is_first = false;
    base::append_json(out, name);
    out.append(": ").append(digits(value));
}

std::string padded(std::string text, std::size_t width, bool to_left) {
    if (text.size() >= width) return text;
    text.insert(to_left ? text.size() : 0, width - text.size(), ' ');
    return text;
}

}  // namespace

Result<TrialResult> run_trial(const Learner& learner, const Settings& settings, const Exam& exam,
                              const ItemFacts* facts, const TrialOptions& options,
                              const Meters& meters) {
    meters.restart_peak();
    const auto begin = meters.clock.steady_now();
    ATTUNE_TRY(const auto model, learner.learn({exam.train, facts}, settings, options.training));
    const auto learned = meters.clock.steady_now();
    TrialResult out{.model = std::string(learner.name),
                    .params = settings.all(),
                    .train_seconds = seconds_between(begin, learned),
                    .peak_mb = meters.peak_mb(),
                    .model_mb = static_cast<double>(model->bytes()) / 1e6};
    ATTUNE_TRY(auto report, examine(*model, exam, options.exam, options.training));
    out.metrics = std::move(report.metrics);
    out.examine_seconds = seconds_between(learned, meters.clock.steady_now());
    return out;
}

std::string trials_json(std::span<const TrialResult> results) {
    std::string out = "{\"models\": [";
    for (std::size_t i = 0; i < results.size(); ++i) {
        const TrialResult& one = results[i];
        out.append(i == 0 ? "" : ", ").append("{\"model\": ");
        base::append_json(out, std::string_view(one.model));
        out.append(", \"params\": {");
        bool is_first = true;
        for (const auto& [name, value] : one.params) append_member(out, is_first, name, value);
        out.append("}, \"metrics\": {");
        is_first = true;
        for (const Metric& metric : one.metrics)
            append_member(out, is_first, metric.name, metric.value);
        out.append("}, \"train_seconds\": ").append(digits(one.train_seconds, "%.3f"));
        out.append(", \"peak_mb\": ").append(digits(one.peak_mb, "%.1f")).append("}");
    }
    return out.append("]}");
}

std::string trials_table(std::span<const TrialResult> results) {
    std::vector<std::vector<std::string>> rows{{"model"}};
    if (!results.empty())
        for (const Metric& metric : results.front().metrics) rows[0].push_back(metric.name);
    const std::size_t metrics = rows[0].size() - 1;
    rows[0].insert(rows[0].end(), {"train s", "peak MB"});
    for (const TrialResult& one : results) {
        std::vector<std::string> row{one.model};
        for (std::size_t i = 0; i < metrics; ++i)
            row.push_back(i < one.metrics.size() ? digits(one.metrics[i].value, "%.4f") : "");
        row.push_back(digits(one.train_seconds, "%.1f"));
        row.push_back(digits(one.peak_mb, "%.0f"));
        rows.push_back(std::move(row));
    }
    // A model a column: there are many metrics and few models.
    std::vector<std::size_t> widths(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i)
        for (const auto& cell : rows[i]) widths[i] = std::max(widths[i], cell.size());
    std::string out;
    for (std::size_t line = 0; line < rows[0].size(); ++line) {
        for (std::size_t i = 0; i < rows.size(); ++i) {
            if (i > 0) out.append("  ");
            out.append(padded(rows[i][line], widths[i], i == 0));
        }
        out.push_back('\n');
    }
    return out;
}

}  // namespace attune::learn
