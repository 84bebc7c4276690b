// Trial: one learner, its settings searched if asked for, learned on the training part of an exam, examined, and what it took.
// Several make a table, or JSON.
#pragma once

#include "base/time.h"
#include "learn/evaluate/best.h"
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

struct RecommenderTrialOptions {
    ExamOptions exam{};
    Training training{};
    const ItemFacts* facts = nullptr;
    // What is given for each learner; nothing, for most. `best` hands it on to its members.
    MemberSettings given{};
    // For how long the settings of the learner are searched first, on its training part cut again; `best` shares it out among
    // its members. Neither is counted as training.
    std::optional<base::Duration> search{};
    Validation validation{};
    // How long a member of `best` may learn on a part before the blend does without it.
    std::optional<base::Duration> member_limit{};
    // What is worth telling on the way: "ials: ndcg@10 0.0421 with factors=64 …".
    std::function<void(std::string_view)> say = [](std::string_view) {};
};

[[nodiscard]] Result<TrialResult> run_trial(const Learner& learner, const Exam& exam,
                                            const RecommenderTrialOptions& options,
                                            const Meters& meters);

// {"models": [{"model", "params", "metrics", "train_seconds", "peak_mb"}]}
[[nodiscard]] std::string trials_json(std::span<const TrialResult> results);
// For people: a metric a line, a model a column.
[[nodiscard]] std::string trials_table(std::span<const TrialResult> results);

}  // namespace attune::learn
