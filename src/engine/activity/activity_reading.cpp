#include "engine/activity/activity_reading.h"

#include "base/keyed_hash.h"

#include <utility>

namespace attune::engine {
namespace {

constexpr std::size_t kBatchEvents = 2'000;  // looked at in one go, some ten milliseconds
constexpr std::size_t kLinkedMax = 200'000;
constexpr std::size_t kWholeMax = 500'000;

}  // namespace

ActivityReading::ActivityReading(store::Store& store, TenantId tenant,
                                 std::shared_ptr<ItemNumbers> numbers, const WeightTable& weights,
                                 const ActivityOptions& options)
    : store_(store),
      tenant_(tenant),
      weights_fingerprint_(weights.fingerprint()),
      activity_(std::make_shared<ActivityOfTenant>(std::move(numbers), options)) {}

Result<bool> ActivityReading::step(const WeightTable& weights) {
    std::vector<Read> batch;
    std::size_t looked_at = 0;
    bool is_end = true;
    const auto look_at = [&](const store::LoggedEvent& logged) {
        if (++looked_at > kBatchEvents) {
            is_end = false;
            return false;
        }
        if (auto event = read_item_event(logged.payload, weights))
            batch.push_back({logged.person, *std::move(event)});
        return true;
    };
    ATTUNE_TRY(const store::Position upto, store_.scan_all(tenant_, upto_, look_at));
    Batch happened;
    for (Read& one : batch) {
        if (one.event.may_link()) ATTUNE_TRY_VOID(link(one, happened));
        ATTUNE_TRY(const store::PersonId person, whole_of(one.person));
        consent(person, one.event, happened);
        if (!refusals_.contains(person)) happened.push_back({person, &one.event});
    }
    // Past this point nothing fails but a catalogue that is full; then what came before it stays counted, once.
    upto_ = upto;
    ATTUNE_TRY_VOID(activity_->apply(happened));
    if (is_end) activity_->is_current_.store(true, std::memory_order_release);
    return is_end;
}

Result<store::PersonId> ActivityReading::whole_of(const store::PersonId& person) {
    if (const auto known = whole_.find(person); known != whole_.end()) return known->second;
    ATTUNE_TRY(const auto today, store_.person(tenant_, person));
    const store::PersonId whole = today ? today->id : person;
    if (whole_.size() >= kWholeMax) whole_.clear();
    whole_[person] = whole;
    return whole;
}

// Who is merged into whom is asked only of events that can have done it.
Result<void> ActivityReading::link(const Read& read, Batch& batch) {
    const bool is_alias = read.event.is_alias;
    const base::Id128 pair =
        base::hash128(base::HashKey{}, read.event.user_id + '\x1f' + read.event.anonymous_id);
    if (linked_.size() >= kLinkedMax) linked_.clear();
    if (!linked_.insert(pair).second && !is_alias) return {};
    ATTUNE_TRY(const auto person, store_.person(tenant_, read.person));
    if (!person) return {};
    for (const store::PersonId& member : person->members) {
        activity_->merge(member, person->id);
        whole_[member] = person->id;
        const auto refusal = refusals_.find(member);
        if (refusal == refusals_.end() || member == person->id) continue;
        const std::uint8_t purposes = refusal->second;
        refusals_[person->id] |= purposes;
        leave_out(member, batch);
    }
    whole_[person->id] = person->id;
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
    // Whom others were merged into is asked anew.
    whole_.clear();
    linked_.clear();
}

}  // namespace attune::engine
