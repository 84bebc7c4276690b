// TrialWorld: a whole engine over the memory store, some experiments that run in it at once, and the people who come by. Internal to
// trials.
//
//     ATTUNE_TRY(const auto world, TrialWorld::open(options, first_run, 20));
//     ATTUNE_TRY_VOID(world->let_come(100));                       // people, and what they do
//     ATTUNE_TRY(const auto results, world->results(7));           // of the eighth experiment
//
// Each experiment is a layer of its own and counts events of its own, so that one run says nothing of another. Not thread-safe.
#pragma once

#include "base/manual_clock.h"
#include "base/random.h"
#include "domain/experiment.h"
#include "domain/incoming_event.h"
#include "engine/engine.h"
#include "engine/experiment/results.h"
#include "engine/tenancy/tenants.h"
#include "learn/trials/trials.h"

#include <memory>
#include <string>
#include <vector>

namespace attune::engine {

// Of one run, as people would save it.
[[nodiscard]] domain::Experiment trial_experiment(const learn::TrialOptions& options,
                                                  std::uint64_t run);

class TrialWorld {
public:
    [[nodiscard]] static Result<std::unique_ptr<TrialWorld>> open(
        const learn::TrialOptions& options, std::uint64_t first_run, std::uint64_t runs);

    // New people: each is seen, asks for a configuration, and a minute later does what the variants they were given let them do.
    [[nodiscard]] Result<void> let_come(std::uint64_t people);
    // As of now.
    [[nodiscard]] Result<ExperimentResults> results(std::uint64_t index);

private:
    using Events = std::vector<domain::IncomingEvent>;
    struct Run {
        std::string id;     // of its experiment
        std::string done;   // the event that counts
        std::string shown;  // and, of a ratio, the one below the line
        std::uint64_t seed = 0;
    };

    explicit TrialWorld(const learn::TrialOptions& options);
    Result<void> begin(std::uint64_t first_run, std::uint64_t runs);
    Result<void> tell(Events events);
    [[nodiscard]] learn::Observation observe(const Run& run, std::uint64_t guest,
                                             double lift) const;
    void come_in(std::uint64_t guest, Events& arrivals) const;
    Result<void> ask(std::uint64_t guest, Events& reactions);

    const learn::TrialOptions options_;
    base::ManualClock clock_;
    base::SeededRandom random_;
    std::unique_ptr<Engine> engine_;
    TenantId tenant_;
    std::vector<Run> runs_;
    std::uint64_t guests_ = 0;
};

}  // namespace attune::engine
