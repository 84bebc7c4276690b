#include "engine/experiment/log_time.h"

#include "engine/experiment/exposure.h"

#include <chrono>
#include <limits>

namespace attune::engine {
namespace {

// Commits of one moment are not quite in the order in which they were received.
constexpr base::Duration kDisorder = std::chrono::minutes(1);

store::Position behind(store::Sequence sequence) {
    return {sequence, std::numeric_limits<std::uint32_t>::max()};
}

// Whether what comes behind that commit was received at `time` or later, or nothing does.
Result<bool> is_behind(store::Store& store, domain::TenantId tenant, store::Sequence sequence,
                       base::Time time) {
    bool is_later = true;
    ATTUNE_TRY(const auto upto, store.scan_all(tenant, {behind(sequence)}, [&](const auto& logged) {
        const auto read = read_event(logged.payload);
        if (!read) return true;
        is_later = read->received_at >= time;
        return false;
    }));
    static_cast<void>(upto);
    return is_later;
}

}  // namespace

Result<store::Position> position_before(store::Store& store, domain::TenantId tenant,
                                        base::Time time) {
    const base::Time begin = time - kDisorder;
    store::Sequence early = 0;  // behind it, something was received too early
    store::Sequence late = 1;   // behind it, nothing was
    ATTUNE_TRY(const bool is_all, is_behind(store, tenant, early, begin));
    if (is_all) return store::Position{};
    for (;;) {
        ATTUNE_TRY(const bool is_late, is_behind(store, tenant, late, begin));
        if (is_late) break;
        early = late;
        late *= 2;
    }
    while (late - early > 1) {
        const store::Sequence middle = early + ((late - early) / 2);
        ATTUNE_TRY(const bool is_late, is_behind(store, tenant, middle, begin));
        (is_late ? late : early) = middle;
    }
    // One commit holds what was received before and after.
    return behind(early);
}

}  // namespace attune::engine
