// ActivityReading: one tenant's log as it is read into an ActivityOfTenant: a batch at a time, people who are one as one. Not
// thread-safe: whoever holds it for reading also forgets people through it, so that nobody is read in between who was erased.
//
// Who refuses "personalise" or "train" is left out from the moment of the refusal, with all they did before; what they do after
// they allowed both again counts. Of two who turn out to be one, the refusal of either holds.
#pragma once

#include "engine/activity/tenant_activity.h"
#include "engine/follow/whole_people.h"
#include "store/store.h"

#include <boost/unordered/unordered_flat_map.hpp>

namespace attune::engine {

class ActivityReading {
public:
    ActivityReading(store::Store& store, TenantId tenant, std::shared_ptr<ItemNumbers> numbers,
                    const WeightTable& weights, const ActivityOptions& options);

    // Reads some more. True when everything committed when it began is known. What fails is tried again from where it was.
    [[nodiscard]] Result<bool> step(const WeightTable& weights);
    void forget(const store::PersonId& person);

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
    [[nodiscard]] Result<void> link(const Read& read, Batch& batch);
    // What may be learned of the person from here on.
    void consent(const store::PersonId& person, const ItemEvent& event, Batch& batch);
    void leave_out(const store::PersonId& person, Batch& batch);

    store::Store& store_;
    const TenantId tenant_;
    const std::uint64_t weights_fingerprint_;
    const std::shared_ptr<ActivityOfTenant> activity_;
    store::Position upto_;
    WholePeople whole_;
    // Of those who refuse that anything is learned of them: for which purposes (item_event.h).
    boost::unordered_flat_map<store::PersonId, std::uint8_t, base::Id128Hash> refusals_;
};

}  // namespace attune::engine
