#include "engine/activity/activity_reading.h"

#include "engine/follow/log_batch.h"

#include <utility>

namespace attune::engine {

ActivityReading::ActivityReading(store::Store& store, TenantId tenant,
                                 std::shared_ptr<ItemNumbers> numbers, const WeightTable& weights,
                                 const ActivityOptions& options)
    : store_(store),
      tenant_(tenant),
      weights_fingerprint_(weights.fingerprint()),
      activity_(std::make_shared<ActivityOfTenant>(std::move(numbers), options)),
      whole_(store, tenant) {}

Result<bool> ActivityReading::step(const WeightTable& weights) {
    std::vector<Read> reads;
    const auto take = [&](const store::LoggedEvent& logged) {
        if (auto event = read_item_event(logged.payload, weights))
            reads.push_back({logged.person, *std::move(event)});
    };
    ATTUNE_TRY(const LogBatch batch, read_batch(store_, tenant_, upto_, take));
    Batch happened;
    for (Read& one : reads) {
        if (one.event.may_link()) ATTUNE_TRY_VOID(link(one, happened));
        ATTUNE_TRY(const store::PersonId person, whole_.of(one.person));
        consent(person, one.event, happened);
        if (!refusals_.contains(person)) happened.push_back({person, &one.event});
    }
    // Past this point nothing fails but a catalogue that is full; then what came before it stays counted, once.
    upto_ = batch.upto;
    ATTUNE_TRY_VOID(activity_->apply(happened));
    if (batch.is_end) activity_->is_current_.store(true, std::memory_order_release);
    return batch.is_end;
}

// Who is merged into whom is asked only of events that can have done it.
Result<void> ActivityReading::link(const Read& read, Batch& batch) {
    const ItemEvent& event = read.event;
    ATTUNE_TRY(const auto person,
               whole_.link(read.person, event.user_id, event.anonymous_id, event.is_alias));
    if (!person) return {};
    for (const store::PersonId& member : person->members) {
        activity_->merge(member, person->id);
        const auto refusal = refusals_.find(member);
        if (refusal == refusals_.end() || member == person->id) continue;
        const std::uint8_t purposes = refusal->second;
        refusals_[person->id] |= purposes;
        leave_out(member, batch);
    }
    if (refusals_.contains(person->id)) leave_out(person->id, batch);
    return {};
}

void ActivityReading::consent(const store::PersonId& person, const ItemEvent& event, Batch& batch) {
    if (event.refused == 0 && event.allowed == 0) return;
    const auto before = refusals_.find(person);
    const std::uint8_t known = before == refusals_.end() ? 0 : before->second;
    const auto now = static_cast<std::uint8_t>((known & ~event.allowed) | event.refused);
    refusals_.erase(person);
    if (now == 0) return;
    refusals_[person] = now;
    leave_out(person, batch);
}

// With what was read of them and is not counted yet.
void ActivityReading::leave_out(const store::PersonId& person, Batch& batch) {
    activity_->forget(person);
    std::erase_if(batch,
                  [&](const ActivityOfTenant::Happened& one) { return one.person == person; });
}

void ActivityReading::forget(const store::PersonId& person) {
    activity_->forget(person);
    refusals_.erase(person);
    whole_.forget_all();
}

}  // namespace attune::engine
