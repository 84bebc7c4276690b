// Bandits: keeps what each bandit has learned up with the log, and draws from it. What it knows is a reading of the log, kept
// in memory and in a checkpoint that spares a start most of the reading; the same log gives the same probabilities.
//
//     Bandits bandits(store, experiments);
//     bandits.watch(tenant);                                        // from now on it reads along
//     BanditDrawing drawing(bandits, tenant);                       // of one decision
//     const auto given = set->assign("home", {…, .bandits = &drawing});
//     decision.features = drawing.features();
//
// A thread of its own is woken by every commit and reads what is new at once, a tenant at a time, so that a reward is used
// by the next draw a few milliseconds after it is durable. Only tenants with a bandit under way cost anything. Until the log
// has been read (after a start), a bandit draws by its weights, and logs that. What erased people did stays counted until the
// log is read again: within a day, while what was known goes on answering, or at the next start. Of such a reading no
// checkpoint is written.
//
// Thread-safe. Drawing reads a snapshot; a lock of a few instructions remembers what was drawn, so that asking twice before
// the first decision is written answers the same.
#pragma once

#include "engine/bandit/known_features.h"
#include "engine/experiment/experiments.h"
#include "engine/experiment/results.h"
#include "engine/follow/checkpoints.h"
#include "store/store.h"

#include <map>
#include <memory>
#include <string_view>

namespace attune::engine {

class BanditState;
class DrawMemory;

// What is known of a tenant's bandits, by experiment. Immutable.
using KnownBandits = std::map<std::string, std::shared_ptr<const BanditState>, std::less<>>;

class Bandits {
public:
    // The arguments outlive it. Without checkpoints every start reads all of the log.
    Bandits(store::Store& store, Experiments& experiments, Checkpoints* checkpoints = nullptr);
    // Writes checkpoints of what a start would read for long.
    ~Bandits();
    Bandits(const Bandits&) = delete;
    Bandits& operator=(const Bandits&) = delete;

    void watch(TenantId tenant);

    // Tells the results of a bandit as such (summary.h); those of another experiment stay as they are. not_found;
    // unavailable while the log has not been read so far.
    [[nodiscard]] Result<void> tell(TenantId tenant, ExperimentResults& results);
    // Somebody is about to be erased, and a Checkpoints::Erasure is held until that is over: no checkpoint says anything of the
    // tenant when this returns. Errors of remove_checkpoint(): then nobody may be erased.
    [[nodiscard]] Result<void> begin_erasure(TenantId tenant);
    // Reads until everything committed so far is known.
    [[nodiscard]] Result<void> catch_up(TenantId tenant);

private:
    friend class BanditDrawing;
    [[nodiscard]] std::shared_ptr<const KnownBandits> known(TenantId tenant) const;
    [[nodiscard]] DrawMemory& memory() const;

    class Impl;
    std::unique_ptr<Impl> impl_;
};

// One decision's draws. Not thread-safe; the bandits outlive it.
class BanditDrawing final : public BanditDraws {
public:
    BanditDrawing(const Bandits& bandits, TenantId tenant);

    [[nodiscard]] std::optional<BanditDraw> draw(const CompiledExperiment& experiment,
                                                 std::string_view unit, std::uint32_t bucket,
                                                 const ExperimentSubject& subject) override;
    // What was known of whom it was drawn for; null when no bandit asked.
    [[nodiscard]] base::JsonText features() const { return features_.json(); }

private:
    const std::shared_ptr<const KnownBandits> known_;
    DrawMemory& memory_;
    const TenantId tenant_;
    KnownFeatures features_;
};

}  // namespace attune::engine
