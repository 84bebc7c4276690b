#include "engine/profile/people_count.h"

#include <string>

namespace attune::engine {

using base::MutexLock;
using domain::TenantId;

Result<void> PeopleCount::begin(TenantId tenant, PeopleChange change, std::uint64_t people_max) {
    ATTUNE_TRY_VOID(learn(tenant));
    const MutexLock lock(mutex_);
    Entry& entry = entries_[tenant];
    if (change.more > 0 && people_max > 0 && entry.people + change.more > people_max) {
        return fail(Code::resource_exhausted,
                    "the tenant's limit people_max (" + std::to_string(people_max) +
                        ") is reached, and this is somebody new; erase people or raise the limit",
                    "people_max");
    }
    entry.people += change.more;
    entry.on_the_way += change.more + change.fewer;
    ++entry.begun;
    return {};
}

void PeopleCount::cancel(TenantId tenant, PeopleChange change) {
    const MutexLock lock(mutex_);
    Entry& entry = entries_[tenant];
    entry.people -= change.more;
    entry.on_the_way -= change.more + change.fewer;
}

void PeopleCount::finish(TenantId tenant, PeopleChange change, bool happened) {
    if (change.more + change.fewer == 0) return;
    const MutexLock lock(mutex_);
    Entry& entry = entries_[tenant];
    entry.on_the_way -= change.more + change.fewer;
    if (happened) {
        entry.people -= change.fewer;
    } else {
        entry.is_known = false;
    }
}

// What the store says counts only if nothing was on its way all the while it was asked.
Result<void> PeopleCount::learn(TenantId tenant) {
    std::uint64_t begun = 0;
    {
        const MutexLock lock(mutex_);
        const Entry& entry = entries_[tenant];
        if (entry.is_known || entry.on_the_way > 0) return {};
        begun = entry.begun;
    }
    ATTUNE_TRY(const std::uint64_t people, store_.count_people(tenant));
    const MutexLock lock(mutex_);
    Entry& entry = entries_[tenant];
    if (entry.is_known || entry.on_the_way > 0 || entry.begun != begun) return {};
    entry.people = people;
    entry.is_known = true;
    return {};
}

}  // namespace attune::engine
