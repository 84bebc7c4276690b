// ExperimentReader: keeps the tallies of experiments up with the log, and answers with results. What it counts is a reading
// of the log, kept in memory and read again after a restart, so that it can be lost, changed or doubted without harm.
//
//     ExperimentReader reader(store, experiments);
//     reader.watch(tenant);                                   // from now on it reads along
//     ATTUNE_TRY(const auto results, reader.results(tenant, "checkout"));
//
// A thread of its own reads along for the tenants that are watched or were asked for; an answer reads at most a few
// thousand events more and says whether it is current. What erased people did stays counted until the log is read again.
// Thread-safe.
#pragma once

#include "engine/experiment/experiments.h"
#include "engine/experiment/results.h"
#include "store/store.h"

#include <memory>
#include <string_view>

namespace attune::engine {

class ExperimentReader {
public:
    // The arguments outlive it.
    ExperimentReader(store::Store& store, Experiments& experiments);
    ~ExperimentReader();
    ExperimentReader(const ExperimentReader&) = delete;
    ExperimentReader& operator=(const ExperimentReader&) = delete;

    void watch(TenantId tenant);

    // not_found; failed_precondition of a draft.
    [[nodiscard]] Result<ExperimentResults> results(TenantId tenant, std::string_view id);
    // Reads until everything committed so far is counted.
    [[nodiscard]] Result<void> catch_up(TenantId tenant);

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace attune::engine
