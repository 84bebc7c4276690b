// Scans: one person's events across everyone merged into them, and everything of a tenant, both in log order. Each
// scan reads one snapshot (scan_all one per stretch of commits), so erasures and merges happen before or after it,
// never in its middle.
//
// Thread-safe; the visitor may call the store.
#pragma once

#include "store/rocksdb/database.h"
#include "store/sealer.h"
#include "store/store.h"

namespace attune::store::rocks {

enum class Direction : std::uint8_t { forward, backward };

// What lies beyond `from`. Reads a block a member before the first visit, and then as it goes.
[[nodiscard]] Result<void> scan_person(const Database& database, const Sealer& sealer,
                                       TenantId tenant, PersonId person, Position from,
                                       Direction direction, const Store::Visit& visit);
[[nodiscard]] Result<Position> scan_tenant(const Database& database, const Sealer& sealer,
                                           TenantId tenant, Stretch stretch,
                                           const Store::Visit& visit);

struct FoundPerson {
    PersonId root;
    PersonRow row;  // the root's
};
// Follows the redirect; empty when nobody of that id is there.
[[nodiscard]] Result<std::optional<FoundPerson>> find_root(
    const Database& database, TenantId tenant, PersonId person,
    const rocksdb::Snapshot* snapshot = nullptr);

// A block of the snapshot that a commit lists: its row, opened and held against the commit's digest. Empty when an
// erasure took it; data_loss when it is missing or another.
[[nodiscard]] Result<std::optional<std::string>> read_block(const Database& database,
                                                            Sequence sequence,
                                                            const CommitEntry& entry,
                                                            const rocksdb::Snapshot* snapshot);

}  // namespace attune::store::rocks
