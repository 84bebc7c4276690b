// ActivityReading: one tenant's log as it is read into an ActivityOfTenant: a batch at a time, people who are one as one. Not
// thread-safe: whoever holds it for reading also forgets people through it, so that nobody is read in between who was erased.
//
// Who refuses "personalise" or "train" is left out from the moment of the refusal, with all they did before; what they do after
// they allowed both again counts. Of two who turn out to be one, the refusal of either holds.
//
// It begins with what a checkpoint knows, where there is a sound one of this log, and writes one now and then (reading_keeper.h).
#pragma once

#include "engine/activity/refusals.h"
#include "engine/activity/tenant_activity.h"
#include "engine/follow/reading_keeper.h"
#include "engine/follow/whole_people.h"
#include "store/store.h"

namespace attune::engine {

class ActivityReading final : private KeptReading {
public:
    // They outlive it; without checkpoints all of the log is read.
    ActivityReading(store::Store& store, TenantId tenant, std::shared_ptr<ItemNumbers> numbers,
                    const WeightTable& weights, const ActivityOptions& options,
                    Checkpoints* checkpoints);

    // Reads some more. True when everything committed when it began is known. What fails is tried again from where it was.
    [[nodiscard]] Result<bool> step(const WeightTable& weights);
    void forget(const store::PersonId& person);

    [[nodiscard]] ReadingKeeper& keeper() { return keeper_; }

    // What an event weighs is settled when it is read: of other weights, it is all read again.
    [[nodiscard]] bool is_of(const WeightTable& weights) const {
        return weights_fingerprint_ == weights.fingerprint();
    }
    [[nodiscard]] std::shared_ptr<const ActivityOfTenant> view() const { return activity_; }

private:
    using Batch = std::vector<ActivityOfTenant::Happened>;
    struct Read {
        store::PersonId person;
        ItemEvent event;
    };
    [[nodiscard]] Result<bool> read_log(const WeightTable& weights);
    [[nodiscard]] Result<void> link(const Read& read, Batch& batch);
    void leave_out(const store::PersonId& person, Batch& batch);

    class Saver;
    class Loader;
    [[nodiscard]] LogMark mark() const override { return mark_; }
    [[nodiscard]] std::uint64_t bytes() const override;
    [[nodiscard]] std::unique_ptr<KnowledgeSaver> save() override;
    [[nodiscard]] std::unique_ptr<KnowledgeLoader> load() override;

    store::Store& store_;
    const TenantId tenant_;
    const std::uint64_t weights_fingerprint_;
    const std::shared_ptr<ActivityOfTenant> activity_;
    store::Position upto_;
    WholePeople whole_;
    LogMark mark_;
    Refusals refusals_;
    ReadingKeeper keeper_;
};

}  // namespace attune::engine
