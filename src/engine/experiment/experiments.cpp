#include "engine/experiment/experiments.h"

#include "base/field_error.h"
#include "base/json.h"
#include "base/json_locate.h"
#include "domain/describe.h"
#include "engine/experiment/allowed_change.h"
#include "engine/experiment/plan.h"

#include <algorithm>

namespace attune::engine {
namespace {

using domain::Experiment;
using domain::ExperimentStatus;

Result<std::shared_ptr<const ExperimentSet>> compile(TenantId,
                                                     std::span<const Definition> definitions) {
    return ExperimentSet::compile(definitions);
}

Result<Experiment> parsed(const base::JsonText& body) {
    return base::from_json<Experiment>(body.text());
}

bool is_under_way(ExperimentStatus status) {
    return status == ExperimentStatus::running || status == ExperimentStatus::paused;
}

std::string word_of(ExperimentStatus status) {
    constexpr std::string_view kWords[] = {"a draft", "running", "paused", "concluded"};
    return std::string(kWords[static_cast<std::size_t>(status)]);
}

std::unexpected<Error> not_while(std::string_view id, ExperimentStatus status,
                                 std::string_view what) {
    return fail(Code::failed_precondition, "experiment " + std::string(id) + " is " +
                                               word_of(status) + ": it cannot be " +
                                               std::string(what));
}

}  // namespace

Experiments::Experiments(store::Store& store, const base::Clock& clock)
    : clock_(clock),
      definitions_(store, clock, {.collection = "experiments", .noun = "experiment"}, compile) {}

Result<std::shared_ptr<const ExperimentSet>> Experiments::of(TenantId tenant) {
    return definitions_.of(tenant);
}

Result<std::shared_ptr<const std::vector<Definition>>> Experiments::list(TenantId tenant) {
    return definitions_.list(tenant);
}

Result<Definition> Experiments::get(TenantId tenant, std::string_view id) const {
    return definitions_.get(tenant, id);
}

// What is assigned to people under this id once is remembered with them.
Result<void> Experiments::check_is_free(TenantId tenant, std::string_view id) const {
    const auto there = definitions_.get(tenant, id);
    if (!there)
        return there.error().code == Code::not_found ? Result<void>{}
                                                     : std::unexpected(there.error());
    for (const Revision& one : there->history) {
        if (one.body.is_null()) continue;
        ATTUNE_TRY(const Experiment was, parsed(one.body));
        if (was.started_at)
            return fail(Code::already_exists, "an experiment " + std::string(id) +
                                                  " was run before; a new one needs a new id");
    }
    return {};
}

Result<Experiment> Experiments::next_of(TenantId tenant, std::string_view id,
                                        const base::JsonText& body) {
    ATTUNE_TRY(Experiment next, parsed(body));
    ATTUNE_TRY(const auto set, definitions_.of(tenant));
    const CompiledExperiment* known = set->find(id);
    if (known == nullptr) ATTUNE_TRY_VOID(check_is_free(tenant, id));
    const Experiment before = known != nullptr ? known->definition : Experiment{};
    // Left out, what the server wrote stays: so that a definition kept in a file can be put again.
    if (next.status == ExperimentStatus::draft) next.status = before.status;
    if (next.room.empty()) next.room = before.room;
    if (!next.started_at) next.started_at = before.started_at;
    if (!next.concluded_at) next.concluded_at = before.concluded_at;
    if (!next.winner) next.winner = before.winner;
    if (next.plan && !next.plan->units_needed && before.plan)
        next.plan->units_needed = before.plan->units_needed;
    ATTUNE_TRY_VOID(check_change(before, next));
    if (next.status == ExperimentStatus::draft) ATTUNE_TRY_VOID(check_draft(next));
    return next;
}

Result<Definition> Experiments::put(TenantId tenant, std::string_view id,
                                    const base::JsonText& body, const DefinitionChange& change) {
    const base::MutexLock lock(changes_);
    ATTUNE_TRY(const Experiment next, next_of(tenant, id, body));
    return save(tenant, id, next, change);
}

Result<bool> Experiments::put_all(DefinitionBatch& batch, std::span<const DefinitionEdit> edits,
                                  const Then& then) {
    const base::MutexLock lock(changes_);
    std::vector<DefinitionEdit> changes;
    for (const DefinitionEdit& one : edits) {
        const auto next = next_of(batch.tenant(), one.id, one.body);
        if (!next) {
            std::string pointer = "/experiments";
            base::append_pointer(pointer, one.id);
            return base::error_below(pointer, next.error());
        }
        changes.push_back({one.id, base::JsonText::trusted(base::to_json(*next))});
    }
    return definitions_.put_all(batch, changes, then);
}

Result<Definition> Experiments::save(TenantId tenant, std::string_view id,
                                     const Experiment& experiment, const DefinitionChange& change) {
    return definitions_.put(tenant, id, base::JsonText::trusted(base::to_json(experiment)), change);
}

Result<Experiment> Experiments::stored(TenantId tenant, std::string_view id) const {
    ATTUNE_TRY(const Definition there, definitions_.get(tenant, id));
    if (there.is_removed())
        return fail(Code::not_found, "there is no experiment " + std::string(id));
    return parsed(there.now().body);
}

Result<Definition> Experiments::start(TenantId tenant, std::string_view id,
                                      const DefinitionChange& change) {
    const base::MutexLock lock(changes_);
    ATTUNE_TRY(Experiment experiment, stored(tenant, id));
    if (experiment.status == ExperimentStatus::paused) {
        experiment.status = ExperimentStatus::running;
        return save(tenant, id, experiment, change);
    }
    if (experiment.status != ExperimentStatus::draft)
        return not_while(id, experiment.status, "started");
    // A bandit asks no question that a number of units would answer.
    if (!experiment.bandit) {
        ATTUNE_TRY(const ExperimentNeed need, units_needed(experiment));
        experiment.plan->units_needed = need.units;
    }
    ATTUNE_TRY(const auto set, definitions_.of(tenant));
    const CompiledExperiment* draft = set->find(id);
    ATTUNE_CHECK(draft != nullptr);
    ATTUNE_TRY(experiment.room, set->free_room(draft->layer(), experiment.traffic));
    experiment.started_at = clock_.now();
    experiment.status = ExperimentStatus::running;
    return save(tenant, id, experiment, change);
}

Result<Definition> Experiments::pause(TenantId tenant, std::string_view id,
                                      const DefinitionChange& change) {
    const base::MutexLock lock(changes_);
    ATTUNE_TRY(Experiment experiment, stored(tenant, id));
    if (experiment.status != ExperimentStatus::running)
        return not_while(id, experiment.status, "paused");
    experiment.status = ExperimentStatus::paused;
    return save(tenant, id, experiment, change);
}

Result<Definition> Experiments::conclude(TenantId tenant, std::string_view id,
                                         std::optional<std::string> winner,
                                         const DefinitionChange& change) {
    const base::MutexLock lock(changes_);
    ATTUNE_TRY(Experiment experiment, stored(tenant, id));
    if (!is_under_way(experiment.status)) return not_while(id, experiment.status, "concluded");
    if (winner && std::ranges::find(experiment.variants, *winner,
                                    &domain::ExperimentVariant::name) == experiment.variants.end())
        return fail_field("/winner", "no variant has this name");
    experiment.status = ExperimentStatus::concluded;
    experiment.concluded_at = clock_.now();
    experiment.winner = std::move(winner);
    experiment.room.clear();
    return save(tenant, id, experiment, change);
}

Result<Definition> Experiments::revert(TenantId tenant, std::string_view id, std::uint64_t version,
                                       DefinitionChange change) {
    const base::MutexLock lock(changes_);
    ATTUNE_TRY(const auto set, definitions_.of(tenant));
    const CompiledExperiment* known = set->find(id);
    if (known == nullptr) ATTUNE_TRY_VOID(check_is_free(tenant, id));
    if (known != nullptr && known->definition.status != ExperimentStatus::draft)
        return not_while(id, known->definition.status, "made what it was");
    return definitions_.revert(tenant, id, version, std::move(change));
}

Result<void> Experiments::remove(TenantId tenant, std::string_view id,
                                 const DefinitionChange& change) {
    const base::MutexLock lock(changes_);
    ATTUNE_TRY(const Experiment experiment, stored(tenant, id));
    if (is_under_way(experiment.status))
        return not_while(id, experiment.status, "removed before it is concluded");
    return definitions_.remove(tenant, id, change);
}

}  // namespace attune::engine
