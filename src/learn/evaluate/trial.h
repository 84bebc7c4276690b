// Trial: one learner, learned on the training part of an exam, examined, and what it took. Several make a table, or JSON.
#pragma once

#include "base/time.h"
#include "learn/evaluate/exam.h"

namespace attune::learn {

// What the work is measured with; the machine's own belongs to the program.
struct Meters {
    const base::Clock& clock;
    // The most memory of the process since restart_peak(), in megabytes.
    std::function<void()> restart_peak = [] {};
    std::function<double()> peak_mb = [] { return 0.0; };
};

struct TrialResult {
    std::string model;
    Settings::Given params;
    std::vector<Metric> metrics;
    double train_seconds = 0;
    double examine_seconds = 0;
    double peak_mb = 0;   // while it was learned
    double model_mb = 0;  // what it holds afterwards
};

struct TrialOptions {
    ExamOptions exam;
    Training training;
};

[[nodiscard]] Result<TrialResult> run_trial(const Learner& learner, const Settings& settings,
                                            const Exam& exam, const ItemFacts* facts,
                                            const TrialOptions& options, const Meters& meters);

// {"models": [{"model", "params", "metrics", "train_seconds", "peak_mb"}]}
[[nodiscard]] std::string trials_json(std::span<const TrialResult> results);
// For people: a metric a line, a model a column.
[[nodiscard]] std::string trials_table(std::span<const TrialResult> results);

}  // namespace attune::learn
