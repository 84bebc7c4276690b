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
    std::vector<ActivityOfTenant::Happened> happened;
    for (Read& one : batch) {
        if (one.event.may_link()) ATTUNE_TRY_VOID(link(one));
        ATTUNE_TRY(const store::PersonId person, whole_of(one.person));
        happened.push_back({person, &one.event});
    }
    // Past this point nothing fails but a catalogue that is full; then what came before it stays counted, once.
    upto_ = upto;
    ATTUNE_TRY_VOID(activity_->apply(happened));
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
Result<void> ActivityReading::link(const Read& read) {
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
    }
    whole_[person->id] = person->id;
    return {};
}

void ActivityReading::forget(const store::PersonId& person) {
    activity_->forget(person);
    // Whom others were merged into is asked anew.
    whole_.clear();
    linked_.clear();
}

}  // namespace attune::engine
