// Exam: what learners may see, and what they are then asked: for each of the people examined a history, what they went on to
// want, and maybe the candidates among which it is looked for. How data is cut into the two is protocols.h.
//
//     ATTUNE_TRY(const auto model, kIals.learn({exam.train}, settings, training));
//     ATTUNE_TRY(const ExamReport report, examine(*model, exam, {.at = {10, 20}}, training));
//     report.metrics   →  hr@10, ndcg@10, …
#pragma once

#include "learn/recommend/learner.h"

#include <optional>
#include <string>
#include <vector>

namespace attune::learn {

struct Examinee {
    PersonIndex person = 0;
    std::int64_t now = 0;           // when they are asked
    std::vector<ItemIndex> wanted;  // each once; at least one
    std::vector<ItemIndex>
        candidates;  // beside what is wanted, each once; empty: the whole catalogue
    std::uint32_t group = 0;
};

struct Exam {
    Interactions train;
    // What the examined bring along, where that is not their part of `train`.
    std::optional<Interactions> brought{};
    std::vector<Examinee> people;
    std::vector<std::string> groups{};  // named; empty where nobody asked

    [[nodiscard]] History history_of(const Examinee& one) const {
        return (brought ? *brought : train).of_person(one.person);
    }
};

struct ExamOptions {
    std::vector<std::size_t> at{10, 20};
    // Whether what somebody has touched may come again; otherwise it is left out of a full ranking, and a test item that
    // was touched before cannot be found.
    bool may_repeat = false;
    // Coverage, diversity, novelty and popularity too; a search for settings does without.
    bool beyond_accuracy = true;
};

struct Metric {
    std::string name;  // "ndcg@10"
    double value = 0;
};

struct ExamReport {
    std::vector<Metric> metrics;                                   // in a fixed order
    [[nodiscard]] double operator[](std::string_view name) const;  // 0 where it is not there
};

// Means over the people of the exam; the same for any number of threads. cancelled when told to stop.
[[nodiscard]] Result<ExamReport> examine(const Recommender& model, const Exam& exam,
                                         const ExamOptions& options, const Training& training);

// The ranking that is judged, best first, at most `limit` long: of a full ranking what Recommender::best answers, of
// candidates all by score, with what is wanted behind its equals.
[[nodiscard]] std::vector<ItemIndex> ranking_of(const Recommender& model, const Exam& exam,
                                                const Examinee& one, std::size_t limit,
                                                bool may_repeat);

}  // namespace attune::learn
