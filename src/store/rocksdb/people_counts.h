// PeopleCounts: how many people each tenant has, people merged into others not counted. A row of `meta` for each tenant,
// changed in the same batch as the people it counts, so that asking costs one read and not a walk over everybody.
//
// Pure reads are thread-safe; a PeopleCounts belongs to the commit thread.
#pragma once

#include "store/rocksdb/database.h"
#include "store/rocksdb/records.h"

#include <rocksdb/write_batch.h>

#include <map>

namespace attune::store::rocks {

// What a commit changes, by tenant.
using PeopleChanges = std::map<TenantId, std::int64_t>;

class PeopleCounts {
public:
    // As they are written.
    [[nodiscard]] static Result<PeopleCounts> load(const Database& database,
                                                   const rocksdb::Snapshot* snapshot = nullptr);
    // From the people themselves: takes time in their number.
    [[nodiscard]] static Result<PeopleCounts> count(const Database& database,
                                                    const rocksdb::Snapshot* snapshot = nullptr);

    [[nodiscard]] std::uint64_t of(TenantId tenant) const;
    [[nodiscard]] std::uint64_t sum() const;
    void apply(const PeopleChanges& changes);
    // Writes what the changed counts will be.
    void write(const PeopleChanges& changes, const Database& database,
               rocksdb::WriteBatch& batch) const;
    // Writes all of them, synced.
    [[nodiscard]] Result<void> write_all(Database& database) const;

    bool operator==(const PeopleCounts&) const = default;

private:
    std::map<TenantId, std::uint64_t> counts_;  // none of them is 0
};

// One tenant's, as of the last commit.
[[nodiscard]] Result<std::uint64_t> people_of(const Database& database, TenantId tenant);

}  // namespace attune::store::rocks
