#include "engine/experiment/log_listener.h"

#include <algorithm>
#include <utility>

namespace attune::engine {
namespace {

constexpr std::size_t kBatchEvents = 2'000;  // looked at in one go, some ten milliseconds

struct Batch {
    std::vector<FollowedEvent> events;
    store::Position upto;
    bool is_end = true;
};

// What matters to one of them behind `begin`, up to and with `end`.
Result<Batch> read_batch(store::Store& store, domain::TenantId tenant, store::Position begin,
                         store::Position end, std::span<LogListener* const> listeners) {
    Batch batch{.events = {}, .upto = begin};
    std::size_t looked_at = 0;
    const auto look_at = [&](const store::LoggedEvent& logged) {
        if (logged.position > end || ++looked_at > kBatchEvents) {
            batch.is_end = false;
            return false;
        }
        auto event = read_event(logged.payload);
        if (event && std::ranges::any_of(listeners, [&](const LogListener* one) {
                return one->cares_about(*event);
            }))
            batch.events.push_back({logged.person, logged.position, *std::move(event)});
        return true;
    };
    ATTUNE_TRY(batch.upto, store.scan_all(tenant, begin, look_at));
    // Where the others begin, although somebody's events between may have been erased.
    if (looked_at <= kBatchEvents && end != store::kLogEnd) batch.upto = end;
    return batch;
}

}  // namespace

store::Position least_read(std::span<LogListener* const> listeners) {
    store::Position least = store::kLogEnd;
    for (const LogListener* one : listeners) least = std::min(least, one->upto);
    return least;
}

Result<bool> tell_a_batch(store::Store& store, domain::TenantId tenant,
                          std::span<LogListener* const> listeners) {
    const store::Position begin = least_read(listeners);
    if (begin == store::kLogEnd) return true;
    std::vector<LogListener*> behind;
    store::Position others = store::kLogEnd;
    for (LogListener* one : listeners) {
        if (one->upto == begin)
            behind.push_back(one);
        else
            others = std::min(others, one->upto);
    }
    ATTUNE_TRY(const Batch batch, read_batch(store, tenant, begin, others, behind));
    for (LogListener* one : behind)
        for (const FollowedEvent& event : batch.events)
            if (one->cares_about(event.read)) ATTUNE_TRY_VOID(one->take(event));
    for (LogListener* one : behind) one->upto = batch.upto;
    return batch.is_end && others == store::kLogEnd;
}

}  // namespace attune::engine
