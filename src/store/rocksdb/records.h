// The records of a RocksDB store as bytes: docs/formats/rocksdb.md is their picture. Every row ends with a checksum
// over its family, key and body, so that a row that was moved, cut or mixed up does not open.
//
// Pure functions; thread-safe. Decoders take any bytes and answer data_loss for what no encoder wrote.
#pragma once

#include "base/result.h"
#include "store/store.h"

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace attune::store::rocks {

// Column families, in the order in which a database opens them.
enum class Family : std::uint8_t {
    standard,  // RocksDB insists on one named "default"; nothing is in it
    meta,
    commits,
    events,
    ids,
    aliases,
    people,
    checkpoints,
    documents,
    erasures,
};
inline constexpr std::size_t kFamilies = 10;
[[nodiscard]] const char* name_of(Family family);

using Digest = base::Id128;  // XXH3-128

// ---- keys

[[nodiscard]] std::string commit_key(Sequence sequence);
[[nodiscard]] std::string person_key(TenantId tenant,
                                     PersonId person);  // also a prefix of event keys
[[nodiscard]] std::string block_key(TenantId tenant, PersonId person, Sequence sequence);
[[nodiscard]] std::string id_key(TenantId tenant, EventKey key);
[[nodiscard]] std::string alias_key(TenantId tenant, Alias alias);
// The other way round, so that erasing a person finds their aliases.
[[nodiscard]] std::string alias_of_key(TenantId tenant, PersonId person, Alias alias);
[[nodiscard]] std::string alias_of_prefix(TenantId tenant, PersonId person);
[[nodiscard]] std::string collection_prefix(TenantId tenant, std::string_view collection);
[[nodiscard]] std::string document_key(TenantId tenant, std::string_view collection,
                                       std::string_view name);
[[nodiscard]] std::string tombstone_key(TenantId tenant, PersonId person);
[[nodiscard]] std::string uncompacted_key(TenantId tenant, PersonId person);
[[nodiscard]] std::string unerased_key(TenantId tenant, PersonId person);

// The person at the end of a key that is one byte longer than a person key, or just that long.
struct PersonName {
    TenantId tenant;
    PersonId person;
    auto operator<=>(const PersonName&) const = default;
};
[[nodiscard]] PersonName person_in(std::string_view person_key);
[[nodiscard]] Sequence sequence_in(std::string_view block_or_commit_key);

// ---- rows

[[nodiscard]] Digest row_digest(Family family, std::string_view key, std::string_view body);
// Body and checksum.
[[nodiscard]] std::string seal_row(Family family, std::string_view key, std::string body);
// The body; data_loss when the checksum is not that of this family, key and body.
[[nodiscard]] Result<std::string_view> open_row(Family family, std::string_view key,
                                                std::string_view row);

struct PersonRow {
    std::optional<PersonId> redirect;
    std::vector<PersonId> members;
    Sequence merged_at = 0;  // the last merge into this person
    bool operator==(const PersonRow&) const = default;
};
[[nodiscard]] std::string encode_person(const PersonRow& person);
[[nodiscard]] Result<PersonRow> decode_person(std::string_view body);

[[nodiscard]] std::string encode_checkpoint(Position upto, std::string_view sealed);
[[nodiscard]] Result<Checkpoint> decode_checkpoint(std::string_view body);  // state still sealed

[[nodiscard]] std::string encode_document(std::uint64_t version, std::string_view value);
[[nodiscard]] Result<Document> decode_document(std::string_view body);  // without its name

// ---- one person's events of one commit

struct BlockEvent {
    std::uint32_t index = 0;
    EventKey key;
    std::string_view sealed;
};
class BlockBuilder {
public:
    void add(std::uint32_t index, EventKey key, std::string_view sealed);
    [[nodiscard]] std::uint32_t size() const { return size_; }
    [[nodiscard]] std::string body() const;

private:
    std::string events_;
    std::uint32_t size_ = 0;
    std::uint32_t next_index_ = 0;
};
// Views into `body`. Indexes rise.
[[nodiscard]] Result<std::vector<BlockEvent>> decode_block(std::string_view body);

// ---- commits

struct CommitEntry {
    PersonName who;
    Digest block;
    std::uint32_t events = 0;
};
// What a store holds after a commit; each commit carries it.
struct Ledger {
    Sequence sequence = 0;
    Digest hash;               // of this commit and, through it, of all before
    std::uint64_t events = 0;  // stored now, erased ones not counted
    std::uint64_t people = 0;  // not merged into others
    // The sum, modulo 2^64, of the digests of all rows in aliases, people, documents and tombstones: a row that is
    // missing, old or too many changes it, and it is kept up without reading the others.
    std::uint64_t state = 0;
    bool operator==(const Ledger&) const = default;
};
struct Commit {
    Ledger ledger;
    Digest previous;
    std::int64_t time_us = 0;
    std::vector<CommitEntry> entries;
};
// Fills in the ledger's hash.
[[nodiscard]] std::string encode_commit(Commit& commit);
// A commit's row from all but its hash.
[[nodiscard]] std::string hashed_commit(Sequence sequence, std::string_view body);
// Checks the hash; the caller checks `previous`.
[[nodiscard]] Result<Commit> decode_commit(Sequence sequence, std::string_view row);

}  // namespace attune::store::rocks
