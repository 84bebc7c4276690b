// PeopleCount: how many people each tenant has, those on their way to the disk included, and the limit on them. The store
// counts what is committed; what is told in one request must be held against the limit before any of it is.
//
//     const PeopleChange change{.more = 1};
//     ATTUNE_TRY_VOID(count.begin(tenant, change, limits.people_max));
//     if (auto queued = store.append(…); !queued) count.cancel(tenant, change);
//     …                                                        // and when the outcome is known:
//     count.finish(tenant, change, outcome.has_value());
//
// Every change of the number goes through here, so it is exact; while a merge or an erasure is on its way, those it takes still
// count. After a failed commit it may be too high, until all that was on its way has arrived and the store is asked again.
//
// Thread-safe; a leaf lock. The store is asked without it.
#pragma once

#include "base/mutex.h"
#include "store/store.h"

#include <cstdint>
#include <map>

namespace attune::engine {

struct PeopleChange {
    std::uint32_t more = 0;   // who come to be
    std::uint32_t fewer = 0;  // who become part of others, or are erased
};

class PeopleCount {
public:
    explicit PeopleCount(store::Store& store) : store_(store) {}

    // Before the store hears of it. resource_exhausted "people_max" when there would be more than `people_max` (0: any number).
    [[nodiscard]] Result<void> begin(domain::TenantId tenant, PeopleChange change,
                                     std::uint64_t people_max);
    // The store would not have it.
    void cancel(domain::TenantId tenant, PeopleChange change);
    // It is on the disk, or it failed on the way there.
    void finish(domain::TenantId tenant, PeopleChange change, bool happened);

private:
    struct Entry {
        std::uint64_t people = 0;
        std::uint64_t on_the_way = 0;  // changes that began and have not finished
        std::uint64_t begun = 0;       // changes ever begun
        bool is_known = false;         // false: to be asked of the store when nothing is on the way
    };

    Result<void> learn(domain::TenantId tenant);

    store::Store& store_;
    base::Mutex mutex_;
    std::map<domain::TenantId, Entry> entries_ ATTUNE_GUARDED_BY(mutex_);
};

}  // namespace attune::engine
