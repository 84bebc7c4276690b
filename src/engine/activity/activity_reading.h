// ActivityReading: one tenant's log as it is read into an ActivityOfTenant: a batch at a time, people who are one as one. Not
// thread-safe: whoever holds it for reading also forgets people through it, so that nobody is read in between who was erased.
//
// Who refuses "personalise" or "train" is left out from the moment of the refusal, with all they did before; what they do after
// they allowed both again counts. Of two who turn out to be one, the refusal of either holds.
//
// It begins with what a checkpoint knows, where there is a sound one of this log, and writes one now and then: when enough was
// read that reading it again would take seconds, at most every five minutes, while it has nothing to read. Both go a slice at a
// time, as reading does.
#pragma once

#include "engine/activity/activity_checkpoint.h"
#include "engine/activity/tenant_activity.h"
#include "engine/follow/whole_people.h"
#include "store/store.h"

#include <atomic>
#include <optional>

namespace attune::engine {

class ActivityReading {
public:
    // While `erasures` is not zero, no checkpoint is begun. It and the store outlive this.
    ActivityReading(store::Store& store, TenantId tenant, std::shared_ptr<ItemNumbers> numbers,
                    const WeightTable& weights, const ActivityOptions& options,
                    const CheckpointPlace& place, const std::atomic<int>& erasures);

    // Reads some more. True when everything committed when it began is known. What fails is tried again from where it was.
    [[nodiscard]] Result<bool> step(const WeightTable& weights);
    void forget(const store::PersonId& person);

    // Somebody is about to be erased: what a checkpoint says of them is gone when this returns. The disk's errors.
    [[nodiscard]] Result<void> begin_erasure();
    // Writes a checkpoint now, where it saves a start some work. The disk's errors.
    [[nodiscard]] Result<void> save();

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

    void begin_loading();
    [[nodiscard]] Result<bool> is_of_this_log(const ActivityKnown& known);
    void load_some();
    [[nodiscard]] bool is_time_to_save() const;
    [[nodiscard]] Result<void> begin_saving();
    [[nodiscard]] Result<void> save_some();
    [[nodiscard]] std::uint64_t unsaved() const { return known_.events - saved_events_; }

    store::Store& store_;
    const TenantId tenant_;
    const std::uint64_t weights_fingerprint_;
    const std::shared_ptr<ActivityOfTenant> activity_;
    store::Position upto_;
    WholePeople whole_;
    ActivityKnown known_;  // with those who refuse that anything is learned of them

    const ActivityCheckpoint checkpoint_;
    const base::Clock* const clock_;
    const std::uint64_t save_after_events_;
    const std::atomic<int>& erasures_;
    bool is_begun_ = false;
    // At most one of them.
    std::optional<ActivityCheckpoint::Loading> loading_;
    std::optional<ActivityCheckpoint::Saving> saving_;
    std::uint64_t saved_events_ = 0;  // that the checkpoint knows
    std::optional<base::SteadyTime> began_saving_;
};

}  // namespace attune::engine
