// ExperimentSet: all of a tenant's experiments, compiled together, and the room that they have in their layers.
//
//     ATTUNE_TRY(const auto set, ExperimentSet::compile(definitions));
//     for (const Assignment& given : set->assign("checkout", subject)) …
//
// A layer's hash space is given out when experiments start, to whoever starts: nobody has to foresee which experiments
// will share a layer. An experiment keeps its room until it is concluded, so that nobody changes sides in between.
//
// Immutable and thread-safe.
#pragma once

#include "engine/definitions/definition_store.h"
#include "engine/experiment/compiled_experiment.h"
#include "engine/experiment/question.h"

#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace attune::engine {

class ExperimentSet {
public:
    // The errors of CompiledExperiment; failed_precondition when two experiments have the same room.
    [[nodiscard]] static Result<std::shared_ptr<const ExperimentSet>> compile(
        std::span<const Definition> definitions);

    // What the subject is given in this context, by experiment: where they are assigned, or held out.
    [[nodiscard]] std::vector<Assignment> assign(std::string_view context,
                                                 const ExperimentSubject& subject) const;

    // The same of one that is asked for by its id, wherever that is. Empty: they are given nothing.
    [[nodiscard]] std::optional<Assignment> assign_by_id(std::string_view id,
                                                         const ExperimentSubject& subject) const;

    // Null when there is none.
    [[nodiscard]] const CompiledExperiment* find(std::string_view id) const;
    [[nodiscard]] std::span<const std::shared_ptr<const CompiledExperiment>> all() const {
        return experiments_;
    }

    // Those that were started, as questions to the log.
    [[nodiscard]] const std::shared_ptr<const Questions>& questions() const { return questions_; }

    // Room in the layer for a share of it, in as many pieces as it takes. resource_exhausted, "layer_full", says how much
    // is left.
    [[nodiscard]] Result<std::vector<domain::LayerRoom>> free_room(std::string_view layer,
                                                                   double share) const;

private:
    [[nodiscard]] std::vector<bool> taken(std::string_view layer) const;
    Result<void> check_rooms() const;
    [[nodiscard]] std::shared_ptr<const Questions> make_questions() const;

    std::vector<std::shared_ptr<const CompiledExperiment>> experiments_;  // by id
    std::vector<const CompiledExperiment*> asked_;  // those that may give somebody something
    std::shared_ptr<const Questions> questions_;
};

}  // namespace attune::engine
