#include "engine/activity/activity_reading.h"

#include "engine/follow/log_batch.h"

#include <algorithm>
#include <utility>

namespace attune::engine {
namespace {

// Reading an event again takes some eight microseconds, writing a touch down a tenth of one.
constexpr std::uint64_t kSaveAfterShareOfTouches = 40;
constexpr auto kSaveApart = std::chrono::minutes(5);
constexpr std::uint64_t kSaveAtEndPart = 10;

store::Position just_before(const store::Position& position) {
    if (position.index > 0) return {position.sequence, position.index - 1};
    return {position.sequence - 1, UINT32_MAX};
}

}  // namespace

ActivityReading::ActivityReading(store::Store& store, TenantId tenant,
                                 std::shared_ptr<ItemNumbers> numbers, const WeightTable& weights,
                                 const ActivityOptions& options, const CheckpointPlace& place,
                                 const std::atomic<int>& erasures)
    : store_(store),
      tenant_(tenant),
      weights_fingerprint_(weights.fingerprint()),
      activity_(std::make_shared<ActivityOfTenant>(std::move(numbers), options)),
      whole_(store, tenant),
      checkpoint_(place, tenant, weights_fingerprint_),
      clock_(place.clock),
      save_after_events_(place.after_events),
      erasures_(erasures) {}

Result<bool> ActivityReading::step(const WeightTable& weights) {
    if (!std::exchange(is_begun_, true)) begin_loading();
    if (loading_) {
        load_some();
        return false;
    }
    // A checkpoint that cannot be written is no reason to know less; it is tried again when it is time for the next.
    if (saving_) {
        (void)save_some();
        return false;
    }
    ATTUNE_TRY(const bool is_end, read_log(weights));
    return is_end && !(is_time_to_save() && begin_saving());
}

Result<bool> ActivityReading::read_log(const WeightTable& weights) {
    std::vector<Read> reads;
    store::Position last = known_.last;
    store::EventKey last_key = known_.last_key;
    const auto take = [&](const store::LoggedEvent& logged) {
        last = logged.position;
        last_key = logged.key;
        if (auto event = read_item_event(logged.payload, weights))
            reads.push_back({logged.person, *std::move(event)});
    };
    ATTUNE_TRY(const LogBatch batch, read_batch(store_, tenant_, upto_, take));
    Batch happened;
    for (Read& one : reads) {
        if (one.event.may_link()) ATTUNE_TRY_VOID(link(one, happened));
        ATTUNE_TRY(const store::PersonId person, whole_.of(one.person));
        if (known_.refusals.hear(person, one.event)) leave_out(person, happened);
        if (!known_.refusals.has(person)) happened.push_back({person, &one.event});
    }
    // Past this point nothing fails but a catalogue that is full; then what came before it stays counted, once.
    upto_ = batch.upto;
    known_.last = last;
    known_.last_key = last_key;
    known_.events += batch.events;
    ATTUNE_TRY_VOID(activity_->apply(happened));
    if (batch.is_end) activity_->is_current_.store(true, std::memory_order_release);
    return batch.is_end;
}

// Without a sound checkpoint of this log, the log is read from its start.
void ActivityReading::begin_loading() {
    if (!checkpoint_.is_kept()) return;
    auto loading = checkpoint_.load(activity_->numbers());
    if (!loading) return;
    const auto is_ours = is_of_this_log(loading->known());
    if (is_ours && *is_ours) loading_.emplace(*std::move(loading));
}

// A store that lost its end, or was put in the place of another, has something else where the last event stood.
Result<bool> ActivityReading::is_of_this_log(const ActivityKnown& known) {
    bool is_there = false;
    const auto look_at = [&](const store::LoggedEvent& logged) {
        is_there = logged.position == known.last && logged.key == known.last_key;
        return false;
    };
    if (known.last.sequence == 0) return false;
    ATTUNE_TRY_VOID(store_.scan_all(tenant_, just_before(known.last), look_at));
    return is_there;
}

void ActivityReading::load_some() {
    const auto is_done = loading_->step();
    if (is_done && !*is_done) return;
    if (is_done) {
        known_ = loading_->known();
        upto_ = known_.last;
        saved_events_ = known_.events;
        activity_->begin_with(std::move(*loading_).take_book());
    }
    loading_.reset();
}

bool ActivityReading::is_time_to_save() const {
    if (!checkpoint_.is_kept() || erasures_.load() > 0) return false;
    const std::uint64_t enough =
        std::max(save_after_events_, activity_->touches() / kSaveAfterShareOfTouches);
    return unsaved() >= enough &&
           (!began_saving_ || clock_->steady_now() - *began_saving_ >= kSaveApart);
}

// The book changes in read_log and in forget alone, and neither goes on beside it.
Result<void> ActivityReading::begin_saving() {
    began_saving_ = clock_->steady_now();
    ATTUNE_TRY(auto saving, checkpoint_.save(known_, activity_->book_, activity_->numbers()));
    saving_.emplace(std::move(saving));
    return {};
}

Result<void> ActivityReading::save_some() {
    const auto is_done = saving_->step();
    if (is_done && !*is_done) return {};
    saving_.reset();
    if (!is_done) return std::unexpected(is_done.error());
    saved_events_ = known_.events;
    return {};
}

Result<void> ActivityReading::save() {
    if (!checkpoint_.is_kept() || erasures_.load() > 0) return {};
    if (!saving_ && unsaved() < std::max<std::uint64_t>(1, save_after_events_ / kSaveAtEndPart))
        return {};
    if (!saving_) ATTUNE_TRY_VOID(begin_saving());
    while (saving_) ATTUNE_TRY_VOID(save_some());
    return {};
}

Result<void> ActivityReading::begin_erasure() {
    if (!checkpoint_.is_kept()) return {};
    // What is being loaded is of use, though nobody may find it again.
    if (!std::exchange(is_begun_, true)) begin_loading();
    while (loading_) load_some();
    saving_.reset();
    saved_events_ = 0;
    return checkpoint_.remove();
}

// Who is merged into whom is asked only of events that can have done it.
Result<void> ActivityReading::link(const Read& read, Batch& batch) {
    const ItemEvent& event = read.event;
    ATTUNE_TRY(const auto person,
               whole_.link(read.person, event.user_id, event.anonymous_id, event.is_alias));
    if (!person) return {};
    for (const store::PersonId& member : person->members) {
        activity_->merge(member, person->id);
        if (known_.refusals.merge(member, person->id)) leave_out(member, batch);
    }
    if (known_.refusals.has(person->id)) leave_out(person->id, batch);
    return {};
}

// With what was read of them and is not counted yet.
void ActivityReading::leave_out(const store::PersonId& person, Batch& batch) {
    activity_->forget(person);
    std::erase_if(batch,
                  [&](const ActivityOfTenant::Happened& one) { return one.person == person; });
}

void ActivityReading::forget(const store::PersonId& person) {
    saving_.reset();
    activity_->forget(person);
    known_.refusals.forget(person);
    whole_.forget_all();
}

}  // namespace attune::engine
