#include "engine/experiment/log_listener.h"

#include "engine/follow/log_batch.h"

#include <algorithm>
#include <utility>

namespace attune::engine {
store::Position least_read(std::span<LogListener* const> listeners) {
    store::Position least = store::kLogEnd;
    for (const LogListener* one : listeners) least = std::min(least, one->upto);
    return least;
}

Result<bool> tell_a_batch(store::Store& store, domain::TenantId tenant,
                          std::span<LogListener* const> listeners, LogMark* mark) {
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
    // What matters to one of those who are behind, up to where the others begin.
    std::vector<FollowedEvent> events;
    const auto take = [&](const store::LoggedEvent& logged) {
        if (mark != nullptr && logged.position > mark->last) mark->pass(logged);
        auto event = read_event(logged.payload);
        if (event && std::ranges::any_of(
                         behind, [&](const LogListener* one) { return one->cares_about(*event); }))
            events.push_back({logged.person, logged.position, *std::move(event)});
    };
    ATTUNE_TRY(const LogBatch batch, read_batch(store, tenant, {begin, others}, take));
    for (LogListener* one : behind)
        for (const FollowedEvent& event : events)
            if (one->cares_about(event.read)) ATTUNE_TRY_VOID(one->take(event));
    for (LogListener* one : behind) one->upto = batch.upto;
    return batch.is_end && others == store::kLogEnd;
}

}  // namespace attune::engine
