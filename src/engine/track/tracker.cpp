#include "engine/track/tracker.h"

#include "base/keyed_hash.h"
#include "base/mutex.h"
#include "engine/track/completer.h"
#include "engine/track/rate_limits.h"

#include <algorithm>
#include <atomic>

namespace attune::engine {
namespace {

// The events of one list that are about one identity, in the order they came.
struct Group {
    Identity who;
    std::vector<domain::Event> events;
    std::vector<std::size_t> indexes;  // of the events in the input
};

class Grouping {
public:
    void add(Completed completed, std::size_t index) {
        Identity who{completed.event.user_id, completed.event.anonymous_id,
                     std::move(completed.previous_id)};
        Group& group = of(std::move(who));
        group.events.push_back(std::move(completed.event));
        group.indexes.push_back(index);
    }

    [[nodiscard]] std::vector<Group>& groups() { return groups_; }

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

    Group& of(Identity who) {
        std::string key = key_of(who);
        // Lists are often about one person: no table for the one that was last.
        if (!groups_.empty() && key == last_key_) return groups_[last_];
        const auto [found, made] = by_identity_.try_emplace(key, groups_.size());
        if (made) groups_.push_back({std::move(who), {}, {}});
        last_ = found->second;
        last_key_ = std::move(key);
        return groups_[last_];
    }

    std::vector<Group> groups_;
    base::KeyedMap<std::string, std::size_t> by_identity_;
    std::string last_key_;
    std::size_t last_ = 0;
};

// One ticket for many: complete when all are, with the first error. Counted rather than paired, since a list may be about
// ten thousand people and a chain of pairs completes by recursion.
class TicketCount {
public:
    void add(const base::Ticket& ticket) {
        if (!ticket.is_done() || !ticket.wait()) tickets_.push_back(ticket);
    }

    [[nodiscard]] base::Ticket together() && {
        if (tickets_.empty()) return base::Ticket::done();
        if (tickets_.size() == 1) return tickets_.front();
        auto state = std::make_shared<State>(tickets_.size());
        base::Ticket all = state->issuer.ticket();
        for (const base::Ticket& ticket : tickets_) {
            ticket.then([state](const Result<void>& outcome) { state->one_is_done(outcome); });
        }
        return all;
    }

private:
    struct State {
        explicit State(std::size_t count) : left(count) {}

        void one_is_done(const Result<void>& outcome) {
            if (!outcome) {
                const base::MutexLock lock(mutex);
                if (!error) error = outcome.error();
            }
            if (left.fetch_sub(1, std::memory_order_acq_rel) > 1) return;
            std::optional<Error> first;
            {
                const base::MutexLock lock(mutex);
                first = std::move(error);
            }
            issuer.complete(first ? Result<void>(std::unexpected(*std::move(first)))
                                  : Result<void>{});
        }

        base::TicketIssuer issuer;
        std::atomic<std::size_t> left;
        base::Mutex mutex;
        std::optional<Error> error ATTUNE_GUARDED_BY(mutex);
    };

    std::vector<base::Ticket> tickets_;
};

bool is_full(const Error& error) {
    return error.reason == "queue_full" || error.reason == "disk_full" ||
           error.code == Code::unavailable;
}

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
    [[nodiscard]] Result<void> apply(TenantId tenant, std::vector<Group>& groups, Tracked& tracked);

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
    auto applied = apply(tenant, grouping.groups(), tracked);
    if (!applied) {
        limits_.give_back(tenant, events.size());
        return std::unexpected(std::move(applied).error());
    }
    std::ranges::sort(tracked.rejected, {}, &Rejected::index);
    return tracked;
}

Result<void> EngineTracker::apply(TenantId tenant, std::vector<Group>& groups, Tracked& tracked) {
    TicketCount tickets;
    std::optional<Error> full;
    bool taken = false;
    for (Group& group : groups) {
        Error error;
        if (full) {
            error = *full;
        } else if (auto applied = people_.apply(tenant, group.who, std::move(group.events));
                   applied) {
            taken = true;
            tracked.accepted += applied->accepted;
            tracked.duplicates += applied->duplicates;
            tickets.add(applied->ticket);
            continue;
        } else {
            error = std::move(applied).error();
            // What is full for one person is full for the next; asking again and again would keep it so.
            if (is_full(error)) full = error;
        }
        for (const std::size_t index : group.indexes) {
            tracked.ids[index].clear();
            tracked.rejected.push_back({index, error});
        }
    }
    if (full && !taken) return std::unexpected(*std::move(full));
    tracked.ticket = std::move(tickets).together();
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

Result<std::unique_ptr<Tracker>> Tracker::open(People& people, const TenantView& tenants,
                                               const base::Clock& clock, base::Random& random,
                                               TrackOptions options) {
    ATTUNE_TRY(Completer completer, Completer::open(random, std::move(options)));
    return std::make_unique<EngineTracker>(people, tenants, clock, std::move(completer));
}

}  // namespace attune::engine
