#include "store/rocksdb/records.h"

#include "store/rocksdb/codec.h"

#include <xxhash.h>

#include <cstring>
#include <limits>

namespace attune::store::rocks {
namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kChecksumBytes = 8;

std::unexpected<Error> damaged(const char* what) {
    return fail(Code::data_loss, std::string("a stored ") + what + " is damaged");
}

Digest digest_of(std::uint64_t seed, std::string_view bytes) {
    const XXH128_hash_t hash = XXH3_128bits_withSeed(bytes.data(), bytes.size(), seed);
    XXH128_canonical_t canonical;
    XXH128_canonicalFromHash(&canonical, hash);
    Digest digest;
    std::memcpy(digest.bytes.data(), canonical.digest, digest.bytes.size());
    return digest;
}

std::string tagged(char tag, TenantId tenant, const base::Id128& id) {
    std::string key;
    key.reserve(37);
    Writer(key).u8(static_cast<std::uint8_t>(tag)).u32(tenant.value).id(id);
    return key;
}

}  // namespace

const char* name_of(Family family) {
    constexpr const char* kNames[kFamilies] = {"default",   "meta",    "commits", "events",
                                               "ids",       "aliases", "people",  "checkpoints",
                                               "documents", "erasures"};
    return kNames[static_cast<std::size_t>(family)];
}

std::string commit_key(Sequence sequence) {
    std::string key;
    Writer(key).u64(sequence);
    return key;
}

std::string person_key(TenantId tenant, PersonId person) {
    std::string key;
    key.reserve(28);
    Writer(key).u32(tenant.value).id(person);
    return key;
}

std::string block_key(TenantId tenant, PersonId person, Sequence sequence) {
    std::string key = person_key(tenant, person);
    Writer(key).u64(sequence);
    return key;
}

std::string id_key(TenantId tenant, EventKey key) { return person_key(tenant, key); }
std::string alias_key(TenantId tenant, Alias alias) { return tagged('a', tenant, alias); }

std::string alias_of_key(TenantId tenant, PersonId person, Alias alias) {
    std::string key = tagged('p', tenant, person);
    Writer(key).id(alias);
    return key;
}

std::string alias_of_prefix(TenantId tenant, PersonId person) {
    return tagged('p', tenant, person);
}

std::string collection_prefix(TenantId tenant, std::string_view collection) {
    std::string key;
    Writer(key)
        .u32(tenant.value)
        .u8(static_cast<std::uint8_t>(collection.size()))
        .bytes(collection);
    return key;
}

std::string document_key(TenantId tenant, std::string_view collection, std::string_view name) {
    return collection_prefix(tenant, collection).append(name);
}

std::string tombstone_key(TenantId tenant, PersonId person) { return tagged('t', tenant, person); }
std::string uncompacted_key(TenantId tenant, PersonId person) {
    return tagged('u', tenant, person);
}
std::string unerased_key(TenantId tenant, PersonId person) { return tagged('e', tenant, person); }

PersonName person_in(std::string_view key) {
    Reader reader(key);
    if (key.size() == 21) (void)reader.u8();
    PersonName name;
    name.tenant.value = reader.u32();
    name.person = reader.id();
    return name;
}

Sequence sequence_in(std::string_view key) {
    return key.size() < 8 ? 0 : Reader(key.substr(key.size() - 8)).u64();
}

Digest row_digest(Family family, std::string_view key, std::string_view body) {
    const auto seed = static_cast<XXH64_hash_t>(family);
    return digest_of(XXH3_64bits_withSeed(key.data(), key.size(), seed), body);
}

std::string seal_row(Family family, std::string_view key, std::string body) {
    const Digest digest = row_digest(family, key, body);
    return body.append(digest.view().substr(0, kChecksumBytes));
}

Result<std::string_view> open_row(Family family, std::string_view key, std::string_view row) {
    if (row.size() >= kChecksumBytes) {
        const std::string_view body = row.substr(0, row.size() - kChecksumBytes);
        const Digest digest = row_digest(family, key, body);
        if (row.substr(body.size()) == digest.view().substr(0, kChecksumBytes)) return body;
    }
    return fail(Code::data_loss,
                std::string("a row of '") + name_of(family) + "' fails its checksum");
}

std::string encode_person(const PersonRow& person) {
    std::string body;
    Writer writer(body);
    writer.u8(kVersion).u8(person.redirect ? 1 : 0);
    if (person.redirect) writer.id(*person.redirect);
    writer.varint(person.merged_at).varint(person.members.size());
    for (const PersonId& member : person.members) writer.id(member);
    return body;
}

Result<PersonRow> decode_person(std::string_view body) {
    Reader reader(body);
    PersonRow person;
    if (reader.u8() != kVersion) return damaged("person");
    if (reader.u8() == 1) person.redirect = reader.id();
    person.merged_at = reader.varint();
    const std::uint64_t members = reader.varint();
    if (!reader.ok() || members != reader.rest().size() / 16) return damaged("person");
    person.members.reserve(members);
    for (std::uint64_t i = 0; i < members; ++i) person.members.push_back(reader.id());
    if (!reader.at_end()) return damaged("person");
    return person;
}

std::string encode_checkpoint(Position upto, std::string_view sealed) {
    std::string body;
    Writer(body).u8(kVersion).varint(upto.sequence).varint(upto.index).bytes(sealed);
    return body;
}

Result<Checkpoint> decode_checkpoint(std::string_view body) {
    Reader reader(body);
    Checkpoint checkpoint;
    const std::uint8_t version = reader.u8();
    checkpoint.upto.sequence = reader.varint();
    const std::uint64_t index = reader.varint();
    if (version != kVersion || !reader.ok() || index > std::numeric_limits<std::uint32_t>::max())
        return damaged("checkpoint");
    checkpoint.upto.index = static_cast<std::uint32_t>(index);
    checkpoint.state = reader.rest();
    return checkpoint;
}

std::string encode_document(std::uint64_t version, std::string_view value) {
    std::string body;
    Writer(body).u8(kVersion).varint(version).bytes(value);
    return body;
}

Result<Document> decode_document(std::string_view body) {
    Reader reader(body);
    Document document;
    const std::uint8_t format = reader.u8();
    document.version = reader.varint();
    if (format != kVersion || !reader.ok() || document.version == 0) return damaged("document");
    document.value = reader.rest();
    return document;
}

void BlockBuilder::add(std::uint32_t index, EventKey key, std::string_view sealed) {
    Writer(events_).varint(index - next_index_).id(key).sized(sealed);
    next_index_ = index + 1;
    ++size_;
}

std::string BlockBuilder::body() const {
    std::string body;
    body.reserve(events_.size() + 16);
    Writer(body).u8(kVersion).varint(size_).bytes(events_);
    return body;
}

Result<std::vector<BlockEvent>> decode_block(std::string_view body) {
    Reader reader(body);
    if (reader.u8() != kVersion) return damaged("event block");
    const std::uint64_t count = reader.varint();
    // An event takes 18 bytes at least: a count beyond that is a lie, not a reason to allocate.
    if (!reader.ok() || count > reader.rest().size() / 18) return damaged("event block");
    std::vector<BlockEvent> events;
    events.reserve(count);
    std::uint64_t next = 0;
    for (std::uint64_t i = 0; i < count; ++i) {
        const std::uint64_t gap = reader.varint();
        BlockEvent event{.key = reader.id(), .sealed = reader.sized()};
        if (!reader.ok() || gap > std::numeric_limits<std::uint32_t>::max() - next)
            return damaged("event block");
        event.index = static_cast<std::uint32_t>(next + gap);
        next = event.index + 1ull;
        events.push_back(event);
    }
    if (!reader.at_end()) return damaged("event block");
    return events;
}

std::string encode_commit(Commit& commit) {
    std::string row;
    row.reserve(80 + 42 * commit.entries.size());
    Writer writer(row);
    writer.u8(kVersion).id(commit.previous).u64(static_cast<std::uint64_t>(commit.time_us));
    writer.varint(commit.ledger.events).varint(commit.ledger.people).u64(commit.ledger.state);
    writer.varint(commit.entries.size());
    for (const CommitEntry& entry : commit.entries)
        writer.varint(entry.who.tenant.value)
            .id(entry.who.person)
            .id(entry.block)
            .varint(entry.events);
    commit.ledger.hash = digest_of(commit.ledger.sequence, row);
    writer.id(commit.ledger.hash);
    return row;
}

std::string hashed_commit(Sequence sequence, std::string_view body) {
    return std::string(body).append(digest_of(sequence, body).view());
}

Result<Commit> decode_commit(Sequence sequence, std::string_view row) {
    constexpr std::size_t kEntryBytesMin = 34;
    if (row.size() < 16) return damaged("commit");
    const std::string_view body = row.substr(0, row.size() - 16);
    Commit commit;
    commit.ledger.sequence = sequence;
    commit.ledger.hash = digest_of(sequence, body);
    if (row.substr(body.size()) != commit.ledger.hash.view()) return damaged("commit");
    Reader reader(body);
    if (reader.u8() != kVersion) return damaged("commit");
    commit.previous = reader.id();
    commit.time_us = static_cast<std::int64_t>(reader.u64());
    commit.ledger.events = reader.varint();
    commit.ledger.people = reader.varint();
    commit.ledger.state = reader.u64();
    const std::uint64_t count = reader.varint();
    if (!reader.ok() || count > reader.rest().size() / kEntryBytesMin) return damaged("commit");
    commit.entries.reserve(count);
    for (std::uint64_t i = 0; i < count; ++i) {
        CommitEntry entry;
        entry.who.tenant.value = static_cast<std::uint32_t>(reader.varint());
        entry.who.person = reader.id();
        entry.block = reader.id();
        entry.events = static_cast<std::uint32_t>(reader.varint());
        commit.entries.push_back(entry);
    }
    if (!reader.at_end()) return damaged("commit");
    return commit;
}

}  // namespace attune::store::rocks
