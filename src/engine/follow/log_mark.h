// LogMark: how far a reading has come in one tenant's log, and which log that is: a store that lost its end, or was put in the place
// of another, has something else where the last event stood.
//
//     mark.pass(logged);                                     // for each event, in order
//     ATTUNE_TRY(const bool is_ours, mark.stands_in(store, tenant));
#pragma once

#include "engine/follow/checkpoint_file.h"
#include "store/store.h"

namespace attune::engine {

struct LogMark {
    store::Position last{};  // the last event of the tenant that was read
    store::EventKey last_key{};
    std::uint64_t events = 0;  // that were read

    void pass(const store::LoggedEvent& logged) {
        last = logged.position;
        last_key = logged.key;
        ++events;
    }
    // False also where nothing was read. Errors of Store::scan_all.
    [[nodiscard]] Result<bool> stands_in(store::Store& store, domain::TenantId tenant) const;

    // Errors of those.
    [[nodiscard]] Result<void> write(CheckpointWriter& to) const;
    [[nodiscard]] static Result<LogMark> read(CheckpointReader& from);
};

}  // namespace attune::engine
