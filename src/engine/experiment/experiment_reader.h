// ExperimentReader: answers with an experiment's results, from the counts that a QuestionReader keeps.
//
//     ExperimentReader results(reader, experiments);
//     ATTUNE_TRY(const auto found, results.results(tenant, "checkout"));
//
// Thread-safe.
#pragma once

#include "engine/experiment/experiments.h"
#include "engine/experiment/question_reader.h"
#include "engine/experiment/results.h"

#include <string_view>

namespace attune::engine {

// What is asked by experiments: "experiment:checkout". Those that are concluded are followed once somebody asks.
class ExperimentQuestions final : public QuestionSource {
public:
    // Outlives it.
    explicit ExperimentQuestions(Experiments& experiments) : experiments_(experiments) {}

    [[nodiscard]] Result<std::shared_ptr<const Questions>> questions(TenantId tenant) override;

private:
    Experiments& experiments_;
};

class ExperimentReader {
public:
    // The arguments outlive it; ExperimentQuestions are among the reader's sources.
    ExperimentReader(QuestionReader& reader, Experiments& experiments)
        : reader_(reader), experiments_(experiments) {}

    // not_found; failed_precondition of a draft; unavailable while the log is being read again.
    // With `by_segment`, also broken down by the segments that units were in at their first exposure.
    [[nodiscard]] Result<ExperimentResults> results(TenantId tenant, std::string_view id,
                                                    bool by_segment = false);

private:
    Result<WeightsByVersion> weights_of(TenantId tenant, std::string_view id);

    QuestionReader& reader_;
    Experiments& experiments_;
};

}  // namespace attune::engine
