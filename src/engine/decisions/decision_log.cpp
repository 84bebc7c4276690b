#include "engine/decisions/decision_log.h"

#include "base/bounded_queue.h"
#include "base/json.h"
#include "base/keyed_hash.h"
#include "domain/describe.h"

#include <boost/unordered/unordered_flat_set.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>

namespace attune::engine {
namespace {

constexpr std::size_t kBatchMax = 1'000;

// An id that says nothing but is the same for the same decision.
base::Id128 id_of(TenantId tenant, const Identity& who, std::int64_t session,
                  const DecisionDigest& decision) {
    std::string words = std::to_string(tenant.value) + '\x1f' + std::to_string(session);
    for (const auto* id : {&who.user_id, &who.anonymous_id})
        words.append(1, '\x1f').append(id->value_or(""));
    words.append(1, '\x1f').append(decision.value().view());
    return base::hash128(base::HashKey{}, words);
}

struct Recorded {
    TenantId tenant;
    Told told;
};

// The newest ids, so many of them: two generations, of which the older is forgotten as a whole.
class Remembered {
public:
    explicit Remembered(std::size_t max) : generation_max_(max / 2 + 1) {}

    // False: it was there.
    bool insert(const base::Id128& id) {
        if (newer_.contains(id) || older_.contains(id)) return false;
        newer_.insert(id);
        if (newer_.size() >= generation_max_) {
            older_.swap(newer_);
            newer_.clear();
        }
        return true;
    }

private:
    const std::size_t generation_max_;
    boost::unordered_flat_set<base::Id128, base::Id128Hash> newer_;
    boost::unordered_flat_set<base::Id128, base::Id128Hash> older_;
};

}  // namespace

class DecisionLog::Impl {
public:
    Impl(People& people, const base::Clock& clock, DecisionLogOptions options)
        : people_(people),
          clock_(clock),
          waiting_({.items_max = options.queue_max}),
          remembered_(options.remembered_max) {
        thread_ = std::thread([this] { run(); });
    }
    ~Impl() {
        waiting_.close();
        thread_.join();
    }

    Slot begin(TenantId tenant, const Identity& who, std::int64_t session,
               const DecisionDigest& decision) {
        const base::Id128 id = id_of(tenant, who, session, decision);
        const base::MutexLock lock(mutex_);
        const bool is_new = remembered_.insert(id);
        if (!is_new) ++stats_.repeated;
        return {.id = "dec_" + id.to_text(), .is_new = is_new};
    }

    void write(TenantId tenant, const Identity& who, const std::string& id,
               const domain::Decision& decision) {
        Told one{
            .who = who, .events = {event_of(who, id, base::to_json(decision))}, .only_known = true};
        const auto pushed = waiting_.try_push({tenant, std::move(one)});
        const base::MutexLock lock(mutex_);
        ++(pushed ? stats_.recorded : stats_.dropped);
    }

    Result<void> flush() {
        base::TicketIssuer issuer;
        const base::Ticket written = issuer.ticket();
        // A marker: what was pushed before it is written before it.
        {
            const base::MutexLock lock(mutex_);
            markers_.push_back(std::move(issuer));
        }
        ATTUNE_TRY_VOID(waiting_.try_push({}));
        return written.wait();
    }

    [[nodiscard]] DecisionLogStats stats() const {
        const base::MutexLock lock(mutex_);
        return stats_;
    }

private:
    domain::Event event_of(const Identity& who, const std::string& id, std::string told) const {
        domain::Event event{.id = id,
                            .user_id = who.user_id,
                            .anonymous_id = who.anonymous_id,
                            .event = std::string(domain::event_names::kDecision),
                            .decision_id = id,
                            .properties = base::JsonText::trusted(std::move(told))};
        event.time = event.received_at = clock_.now();
        event.enriched.source = "decide";
        return event;
    }

    void run() {
        while (true) {
            std::vector<Recorded> batch = waiting_.pop_all(kBatchMax);
            if (batch.empty()) return;
            apply(std::move(batch));
        }
    }

    void apply(std::vector<Recorded> batch) {
        std::size_t markers = 0;
        base::Ticket durable = base::Ticket::done();
        while (!batch.empty()) {
            const TenantId tenant = batch.front().tenant;
            std::vector<Told> told;
            std::vector<Recorded> others;
            for (Recorded& one : batch) {
                if (one.told.events.empty())
                    ++markers;
                else if (one.tenant == tenant)
                    told.push_back(std::move(one.told));
                else
                    others.push_back(std::move(one));
            }
            batch = std::move(others);
            if (!told.empty())
                durable = base::Ticket::both(durable, apply(tenant, std::move(told)));
        }
        settle(markers, durable);
        // The next batch gathers while this one is being written.
        (void)durable.wait();
    }

    base::Ticket apply(TenantId tenant, std::vector<Told> told) {
        AppliedEach applied = people_.apply(tenant, std::move(told));
        const auto refused = static_cast<std::uint64_t>(std::ranges::count_if(
            applied.each, [](const Result<Counted>& one) { return !one.has_value(); }));
        const base::MutexLock lock(mutex_);
        stats_.dropped += refused;
        return applied.ticket;
    }

    void settle(std::size_t count, const base::Ticket& durable) {
        std::vector<base::TicketIssuer> done;
        {
            const base::MutexLock lock(mutex_);
            for (; count > 0 && !markers_.empty(); --count) {
                done.push_back(std::move(markers_.front()));
                markers_.erase(markers_.begin());
            }
        }
        for (base::TicketIssuer& issuer : done) issuer.complete(durable.wait());
    }

    People& people_;
    const base::Clock& clock_;
    base::BoundedQueue<Recorded> waiting_;
    mutable base::Mutex mutex_;
    Remembered remembered_ ATTUNE_GUARDED_BY(mutex_);
    DecisionLogStats stats_ ATTUNE_GUARDED_BY(mutex_);
    std::vector<base::TicketIssuer> markers_ ATTUNE_GUARDED_BY(mutex_);
    std::thread thread_;
};

DecisionLog::DecisionLog(People& people, const base::Clock& clock, DecisionLogOptions options)
    : impl_(std::make_unique<Impl>(people, clock, options)) {}
DecisionLog::~DecisionLog() = default;

DecisionLog::Slot DecisionLog::begin(TenantId tenant, const Identity& who, std::int64_t session,
                                     const DecisionDigest& digest) {
    return impl_->begin(tenant, who, session, digest);
}
void DecisionLog::write(TenantId tenant, const Identity& who, const std::string& id,
                        const domain::Decision& decision) {
    impl_->write(tenant, who, id, decision);
}
std::string DecisionLog::record(TenantId tenant, const Identity& who, std::int64_t session,
                                const domain::Decision& decision) {
    Slot slot = begin(tenant, who, session, DecisionDigest::of(decision));
    if (slot.is_new) write(tenant, who, slot.id, decision);
    return std::move(slot.id);
}
Result<void> DecisionLog::flush() { return impl_->flush(); }
DecisionLogStats DecisionLog::stats() const { return impl_->stats(); }

}  // namespace attune::engine
