#include "engine/track/tracker.h"

#include "base/keyed_hash.h"
#include "engine/track/completer.h"
#include "engine/track/rate_limits.h"

#include <algorithm>

namespace attune::engine {
namespace {

// A list's events by the identity they are about, in the order they came.
class Grouping {
public:
    void add(Completed completed, std::size_t index) {
        const std::size_t at = place_of({completed.event.user_id, completed.event.anonymous_id,
                                         std::move(completed.previous_id)});
        told[at].events.push_back(std::move(completed.event));
        indexes[at].push_back(index);
    }

    std::vector<Told> told;
    std::vector<std::vector<std::size_t>> indexes;  // of their events in the list

private:
    // The ids with their lengths, so that no two identities share a key.
    static std::string key_of(const Identity& who) {
        std::string key;
        for (const auto* id : {&who.user_id, &who.anonymous_id, &who.previous_id}) {
            const std::uint32_t size = *id ? static_cast<std::uint32_t>((*id)->size()) : UINT32_MAX;
            key.append(reinterpret_cast<const char*>(&size), sizeof size);
            if (*id) key += **id;
        }
        return key;
    }

    std::size_t place_of(Identity who) {
        std::string key = key_of(who);
        // Lists are often about one person: no table for the one that was last.
        if (!told.empty() && key == last_key_) return last_;
        const auto [found, made] = by_identity_.try_emplace(key, told.size());
        if (made) {
            told.push_back({std::move(who), {}});
            indexes.emplace_back();
        }
        last_ = found->second;
        last_key_ = std::move(key);
        return last_;
    }

    base::KeyedMap<std::string, std::size_t> by_identity_;
    std::string last_key_;
    std::size_t last_ = 0;
};

class EngineTracker final : public Tracker {
public:
    EngineTracker(People& people, const TenantView& tenants, const base::Clock& clock,
                  Completer completer)
        : people_(people), tenants_(tenants), clock_(clock), completer_(std::move(completer)) {}

    Result<Tracked> track(TenantId tenant, std::vector<domain::IncomingEvent> events,
                          const Origin& origin) override;
    Result<domain::Event> complete(TenantId tenant, domain::IncomingEvent event,
                                   const Origin& origin) const override;

private:
    // Applies what was completed; what cannot be taken is rejected. The error that stopped it, when nothing was taken.
    [[nodiscard]] Result<void> apply(TenantId tenant, Grouping grouping, Tracked& tracked);

    People& people_;
    const TenantView& tenants_;
    const base::Clock& clock_;
    const Completer completer_;
    RateLimits limits_;
};

Result<Tracked> EngineTracker::track(TenantId tenant, std::vector<domain::IncomingEvent> events,
                                     const Origin& origin) {
    ATTUNE_TRY(const auto settings, tenants_.settings(tenant));
    if (events.size() > settings->limits.batch_events_max) {
        return fail(Code::invalid_argument,
                    "a list has at most " + std::to_string(settings->limits.batch_events_max) +
                        " events; send the rest in another one",
                    "too_large");
    }
    ATTUNE_TRY_VOID(limits_.admit(tenant, settings->limits, events.size(), clock_.steady_now()));

    Tracked tracked;
    tracked.ids.resize(events.size());
    Grouping grouping;
    AgentMemo agents;
    const base::Time received_at = clock_.now();
    for (std::size_t i = 0; i < events.size(); ++i) {
        auto completed =
            completer_.complete(*settings, std::move(events[i]), origin, received_at, agents);
        if (!completed) {
            tracked.rejected.push_back({i, std::move(completed).error()});
            continue;
        }
        tracked.ids[i] = completed->event.id;
        grouping.add(*std::move(completed), i);
    }
    auto applied = apply(tenant, std::move(grouping), tracked);
    if (!applied) {
        limits_.give_back(tenant, events.size());
        return std::unexpected(std::move(applied).error());
    }
    std::ranges::sort(tracked.rejected, {}, &Rejected::index);
    return tracked;
}

Result<void> EngineTracker::apply(TenantId tenant, Grouping grouping, Tracked& tracked) {
    AppliedEach applied = people_.apply(tenant, std::move(grouping.told));
    bool taken = false;
    for (std::size_t i = 0; i < applied.each.size(); ++i) {
        if (const auto& counted = applied.each[i]) {
            taken = true;
            tracked.accepted += counted->accepted;
            tracked.duplicates += counted->duplicates;
            continue;
        }
        for (const std::size_t index : grouping.indexes[i]) {
            tracked.ids[index].clear();
            tracked.rejected.push_back({index, applied.each[i].error()});
        }
    }
    if (!taken && applied.full) return std::unexpected(*std::move(applied.full));
    tracked.ticket = std::move(applied.ticket);
    return {};
}

Result<domain::Event> EngineTracker::complete(TenantId tenant, domain::IncomingEvent event,
                                              const Origin& origin) const {
    ATTUNE_TRY(const auto settings, tenants_.settings(tenant));
    AgentMemo agents;
    ATTUNE_TRY(Completed completed,
               completer_.complete(*settings, std::move(event), origin, clock_.now(), agents));
    return std::move(completed.event);
}

}  // namespace

const Error* Tracked::refused_for_now() const {
    const auto found = std::ranges::find_if(rejected, [](const Rejected& one) {
        return one.error.reason == "queue_full" || one.error.reason == "disk_full" ||
               one.error.code == Code::unavailable;
    });
    return found == rejected.end() ? nullptr : &found->error;
}

Result<std::unique_ptr<Tracker>> Tracker::open(People& people, const TenantView& tenants,
                                               const base::Clock& clock, base::Random& random,
                                               TrackOptions options) {
    ATTUNE_TRY(Completer completer, Completer::open(random, std::move(options)));
    return std::make_unique<EngineTracker>(people, tenants, clock, std::move(completer));
}

}  // namespace attune::engine
