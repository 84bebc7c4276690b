#include "engine/experiment/experiment_reader.h"

#include "base/json.h"
#include "domain/describe.h"

namespace attune::engine {

Result<std::shared_ptr<const Questions>> ExperimentQuestions::questions(TenantId tenant) {
    ATTUNE_TRY(const auto set, experiments_.of(tenant));
    return set->questions();
}

// The weights that its units were drawn by.
Result<WeightsByVersion> ExperimentReader::weights_of(TenantId tenant, std::string_view id) {
    ATTUNE_TRY(const Definition definition, experiments_.get(tenant, id));
    WeightsByVersion weights;
    for (const Revision& one : definition.history) {
        if (one.body.is_null()) continue;
        ATTUNE_TRY(const auto then, base::from_json<domain::Experiment>(one.body.text()));
        auto& shares = weights[one.version];
        for (const auto& variant : then.variants) shares.push_back(variant.weight);
    }
    return weights;
}

Result<ExperimentResults> ExperimentReader::results(TenantId tenant, std::string_view id,
                                                    bool by_segment) {
    const std::string of = std::string(kExperimentChoice) + std::string(id);
    ExperimentResults results;
    ATTUNE_TRY_VOID(reader_.look(tenant, of, [&](const QuestionReader::View& seen) -> Result<void> {
        const Question* question = seen.question(of);
        if (question == nullptr) {
            ATTUNE_TRY(const auto set, experiments_.of(tenant));
            if (set->find(id) == nullptr)
                return fail(Code::not_found, "there is no experiment " + std::string(id));
            return fail(Code::failed_precondition,
                        "experiment " + std::string(id) + " was not started: nothing is known");
        }
        const Tally* tally = seen.tally(of);
        if (tally == nullptr)
            return fail(Code::unavailable, "the log is being read again; try again soon");
        ATTUNE_TRY(const WeightsByVersion weights, weights_of(tenant, id));
        ATTUNE_TRY(results, results_of(std::string(id), *question->definition, *tally, weights));
        if (by_segment) results.segments = results_by_segment(*question->definition, *tally);
        results.is_current = seen.is_current();
        return {};
    }));
    return results;
}

}  // namespace attune::engine
