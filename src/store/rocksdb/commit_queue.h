// CommitQueue: what waits to be committed, bounded in events and bytes. Thread-safe; one thread takes.
#pragma once

#include "base/mutex.h"
#include "base/ticket.h"
#include "store/rocksdb/group.h"
#include "store/store.h"

#include <boost/unordered/unordered_flat_set.hpp>
#include <deque>
#include <functional>
#include <optional>
#include <span>
#include <vector>

namespace attune::store::rocks {

// One thing to commit.
struct Work {
    enum class Kind : std::uint8_t {
        append,  // `append`
        write,   // `change`; durable whatever the durability
        erase,  // `change`, alone in its group, then `committed`; durable; goes on at the disk reserve
        flush,  // nothing of its own: done when everything before it is durable
    };
    Kind kind = Kind::append;
    Append append{};
    std::function<Result<void>(Group&)> change{};
    std::function<Result<void>()> committed{};   // on the commit thread, once the change is on disk
    std::optional<base::TicketIssuer> issuer{};  // set by the queue
    std::size_t bytes = 0;  // what it adds to a group; of an append, set by the queue
};

class CommitQueue {
public:
    CommitQueue(std::size_t events_max, std::size_t bytes_max)
        : events_max_(events_max), bytes_max_(bytes_max) {}

    // Appends that do not fit, or whose keys wait here already, are refused; other work always fits and takes no room
    // from them: its callers wait for it one by one.
    [[nodiscard]] Result<void> push(Work work, const base::TicketIssuer& outcome);
    [[nodiscard]] std::vector<bool> have(TenantId tenant, std::span<const EventKey> keys) const;

    // Waits for work and takes as much as one group may hold; empty once closed and drained.
    [[nodiscard]] std::vector<Work> take(std::size_t bytes_max);
    // The keys and the room of what was taken, once it is committed (or never will be).
    void release(const std::vector<Work>& taken);
    // No more work comes in; what is there can still be taken.
    void close(Error why);

    struct Load {
        std::uint64_t events = 0;
        std::uint64_t bytes = 0;
    };
    [[nodiscard]] Load load() const;

private:
    struct Key {
        TenantId tenant;
        EventKey key;
        bool operator==(const Key&) const = default;
    };
    struct KeyHash {
        std::size_t operator()(const Key& key) const { return key.key.low() ^ key.tenant.value; }
    };

    [[nodiscard]] Result<void> admit(const Work& work) ATTUNE_REQUIRES(mutex_);

    const std::size_t events_max_;
    const std::size_t bytes_max_;

    mutable base::Mutex mutex_;
    base::CondVar ready_;
    std::deque<Work> waiting_ ATTUNE_GUARDED_BY(mutex_);
    boost::unordered_flat_set<Key, KeyHash> keys_ ATTUNE_GUARDED_BY(mutex_);
    std::size_t bytes_ ATTUNE_GUARDED_BY(mutex_) = 0;
    bool taker_waits_ ATTUNE_GUARDED_BY(mutex_) = false;
    std::optional<Error> closed_ ATTUNE_GUARDED_BY(mutex_);
};

}  // namespace attune::store::rocks
