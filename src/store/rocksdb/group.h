// Group: many callers' appends, documents and at most one erasure on their way to become one commit: one batch, one
// sync, one link of the chain.
//
// Used by the commit thread alone. An operation that answers an error has left no trace in the group.
#pragma once

#include "store/rocksdb/known_people.h"
#include "store/rocksdb/people_counts.h"
#include "store/rocksdb/rows.h"
#include "store/rocksdb/unerased.h"
#include "store/sealer.h"
#include "store/store.h"

#include <rocksdb/write_batch.h>

#include <span>
#include <unordered_map>
#include <vector>

namespace attune::store::rocks {

class Group {
public:
    // `last` is the ledger of the commit before this one. All arguments outlive the group.
    Group(const Database& database, const Sealer& sealer, KnownPeople& known,
          const PeopleCounts& people, const Ledger& last);

    [[nodiscard]] Result<void> add(const Append& append);
    // Writes of the shape that check_writes() lets pass. Answers their versions.
    [[nodiscard]] Result<std::vector<std::uint64_t>> put_documents(
        TenantId tenant, std::span<const DocumentWrite> writes);
    // Who an erasure concerns.
    struct Erased {
        std::vector<PersonId> gone;        // from this commit on; nobody: nothing to do
        std::vector<PersonId> unfinished;  // of whom slices have still to be deleted
    };
    // These two only in a group of their own: they read what is committed.
    [[nodiscard]] Result<Erased> erase(TenantId tenant, PersonId person);
    // Answers whether it took it: one of an erasure that another has overtaken is to be read again.
    [[nodiscard]] Result<bool> delete_slice(const ErasedSlice& slice);

    [[nodiscard]] bool is_empty() const { return operations_ == 0; }
    // Whether checkpoints go with this commit.
    [[nodiscard]] bool drops_checkpoints() const { return drops_checkpoints_; }
    [[nodiscard]] const PeopleChanges& people_changes() const { return people_changes_; }

    // The batch, and the ledger that holds once it is written.
    struct Finished {
        rocksdb::WriteBatch batch;
        Ledger ledger;
    };
    [[nodiscard]] Finished finish(base::Time now);

private:
    struct PersonHash {
        std::size_t operator()(const PersonName& name) const {
            return name.person.low() ^ name.tenant.value * 0x9E3779B97F4A7C15u;
        }
    };

    [[nodiscard]] Result<PersonRow> person(const PersonName& name);
    [[nodiscard]] Result<void> put_person(const PersonName& name, const PersonRow& row);
    [[nodiscard]] Result<void> come_to_be(const PersonName& name);
    [[nodiscard]] Result<PersonName> root_of(const PersonName& name);
    [[nodiscard]] Result<void> set_alias(const PersonName& name, Alias alias);
    [[nodiscard]] Result<void> merge(TenantId tenant, const Merge& merge);
    // Answers whether a slice is enough for what it did; `events_left` is what may still go in this commit.
    [[nodiscard]] Result<bool> erase_one(const PersonName& name, std::size_t& events_left);
    [[nodiscard]] Result<void> drop_aliases(const PersonName& name);
    void drop(const ErasedSlice& slice);
    void count_person(TenantId tenant, std::int64_t change);
    void write_blocks(rocksdb::WriteBatch& batch, Commit& commit);

    const Database& database_;
    const Sealer& sealer_;
    KnownPeople& known_;
    const PeopleCounts& people_;
    const Ledger last_;
    Ledger next_;
    Rows rows_;
    rocksdb::WriteBatch direct_;  // deletions of an erasure, dropped checkpoints
    std::unordered_map<PersonName, BlockBuilder, PersonHash> blocks_;
    std::vector<std::pair<TenantId, EventKey>> ids_;
    PeopleChanges people_changes_;
    std::uint32_t next_index_ = 0;
    std::size_t operations_ = 0;
    bool drops_checkpoints_ = false;
};

}  // namespace attune::store::rocks
