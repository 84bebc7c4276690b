// RecentEvents: the events of the last commits as they were given, within a budget. Who follows the log reads what is
// new here; from the tables every event would cost a look-up, right after it was written.
//
// add() is called by the commit thread, once the commit can be read; everything is thread-safe.
#pragma once

#include "base/mutex.h"
#include "store/rocksdb/commit_queue.h"
#include "store/store.h"

#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace attune::store::rocks {

class RecentEvents {
public:
    // Commits after `last` will be added, without a gap.
    RecentEvents(Sequence last, std::size_t bytes_max) : last_(last), bytes_max_(bytes_max) {}

    // The next commit. Takes the payloads of those appends whose result is good.
    void add(Sequence sequence, std::span<Work> works, std::span<const Result<void>> results);
    // They are erased: no scan that begins from now on sees them.
    void forget(TenantId tenant, std::span<const PersonId> people);

    // As Store::scan_all; nothing where not everything of the stretch is here.
    [[nodiscard]] std::optional<Position> scan(TenantId tenant, Stretch stretch,
                                               const Store::Visit& visit) const;

private:
    struct Recent {
        TenantId tenant;
        LoggedEvent event;
    };
    struct Commit {
        Sequence sequence = 0;
        std::size_t bytes = 0;
        std::vector<Recent> events;
    };
    using Commits = std::vector<std::shared_ptr<const Commit>>;

    // Those behind the cursor, and the last of all commits.
    [[nodiscard]] std::optional<std::pair<Commits, Sequence>> behind(Position cursor) const;

    mutable base::Mutex mutex_;
    std::deque<std::shared_ptr<const Commit>> commits_ ATTUNE_GUARDED_BY(mutex_);  // up to last_
    Sequence last_ ATTUNE_GUARDED_BY(mutex_);
    std::size_t bytes_ ATTUNE_GUARDED_BY(mutex_) = 0;
    const std::size_t bytes_max_;
};

}  // namespace attune::store::rocks
