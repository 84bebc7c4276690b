// Experiments: a tenant's experiments and their lives: draft → running ⇄ paused → concluded.
//
//     Experiments experiments(store, clock);
//     experiments.put(tenant, "checkout", body, {.by = "ann"});             // a draft
//     experiments.start(tenant, "checkout", {.by = "ann"});                 // gets room in its layer
//     ATTUNE_TRY(const auto set, experiments.of(tenant));                   // on every request
//
// What was promised to those who take part cannot be changed under them: once it has started, an experiment takes new
// words, overrides, further metrics and, where persons are assigned, weights; nothing else. A question that changes is
// a new experiment, and has a new id.
//
// Thread-safe. A change is durable and in force when it returns.
#pragma once

#include "base/mutex.h"
#include "domain/experiment.h"
#include "engine/definitions/definitions.h"
#include "engine/experiment/experiment_set.h"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace attune::engine {

class Experiments {
public:
    // The arguments outlive it.
    Experiments(store::Store& store, const base::Clock& clock);

    // What is in force. Reads memory, except the first time.
    [[nodiscard]] Result<std::shared_ptr<const ExperimentSet>> of(TenantId tenant);
    [[nodiscard]] Result<std::shared_ptr<const std::vector<Definition>>> list(TenantId tenant);
    // That stand aside, as Definitions::refused_count.
    [[nodiscard]] std::size_t refused_count() const { return definitions_.refused_count(); }
    [[nodiscard]] Result<Definition> get(TenantId tenant, std::string_view id) const;

    // Makes or changes one. invalid_argument names the place; failed_precondition names what a started experiment does
    // not let go of; already_exists when an experiment of this id was started and removed.
    [[nodiscard]] Result<Definition> put(TenantId tenant, std::string_view id,
                                         const base::JsonText& body,
                                         const DefinitionChange& change);
    using Then = Definitions<ExperimentSet>::Then;
    // Several at once, as Definitions::put_all, each as put() takes one. None is removed.
    [[nodiscard]] Result<bool> put_all(DefinitionBatch& batch,
                                       std::span<const DefinitionEdit> edits, const Then& then);
    // From a draft: gets room in its layer (resource_exhausted "layer_full") and is planned (invalid_argument names what
    // the plan lacks). From a pause: goes on with the room it has.
    [[nodiscard]] Result<Definition> start(TenantId tenant, std::string_view id,
                                           const DefinitionChange& change);
    // Nobody is given anything, nobody is forgotten, the room is kept.
    [[nodiscard]] Result<Definition> pause(TenantId tenant, std::string_view id,
                                           const DefinitionChange& change);
    // For good. Its room is free.
    [[nodiscard]] Result<Definition> conclude(TenantId tenant, std::string_view id,
                                              std::optional<std::string> winner,
                                              const DefinitionChange& change);
    // A draft is what it was at `version` again, also one that was removed. failed_precondition when it was started.
    [[nodiscard]] Result<Definition> revert(TenantId tenant, std::string_view id,
                                            std::uint64_t version, DefinitionChange change);
    // Drafts and what is concluded.
    [[nodiscard]] Result<void> remove(TenantId tenant, std::string_view id,
                                      const DefinitionChange& change);

private:
    Result<domain::Experiment> stored(TenantId tenant, std::string_view id) const;
    Result<domain::Experiment> next_of(TenantId tenant, std::string_view id,
                                       const base::JsonText& body) ATTUNE_REQUIRES(changes_);
    Result<Definition> save(TenantId tenant, std::string_view id,
                            const domain::Experiment& experiment, const DefinitionChange& change);
    Result<void> check_is_free(TenantId tenant, std::string_view id) const;

    const base::Clock& clock_;
    base::Mutex changes_;  // one reads, decides and writes at a time: room is given out once
    Definitions<ExperimentSet> definitions_;
};

}  // namespace attune::engine
