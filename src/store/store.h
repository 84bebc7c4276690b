// Store: the one contract under everything that Attune keeps. Small enough to hold in the head:
// append events, scan them by person or all of them, remember checkpoints and documents, erase a
// person, back up.
//
//     auto ticket = store.append({.tenant = tenant, .person = person, .events = std::move(events)});
//     ATTUNE_TRY_VOID(ticket->wait());  // on disk, or it never happened
//
// Thread-safe. Every call names a tenant. External ids never reach a store in the clear: people are
// random 128-bit ids, external ids arrive as keyed hashes (Alias), and payloads are sealed by the
// configured Sealer before they touch a disk. Appends of one person become visible to scans in the
// order they were made. Strings are bytes: any of them may hold any byte, U+0000 among them, and
// comes back as it went in.
//
// A person who was merged into another is that other person from then on: every call that names the
// merged one answers for (or erases) the one they were merged into.
//
// tests/contract/store_contract.h is the meaning of this file; every backend passes it.
#pragma once

#include "base/id128.h"
#include "base/result.h"
#include "base/ticket.h"
#include "base/time.h"
#include "domain/tenant.h"
#include "store/sealer.h"

#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace attune::store {

using domain::TenantId;
using PersonId = base::Id128;
using EventKey = base::Id128;    // keyed hash of a tenant's event id
using Alias = base::Id128;       // keyed hash of an external id
using Sequence = std::uint64_t;  // of a commit; 1 is the first, gaps never occur

struct StoredEvent {
    EventKey key;
    std::string payload;  // the event as JSON
};

// Where an event stands in the log of everything. `index` counts the events of one commit, whoever
// they belong to, so that no two events of a store share a position.
struct Position {
    Sequence sequence = 0;
    std::uint32_t index = 0;
    auto operator<=>(const Position&) const = default;
};

// Behind everything that is and will be.
inline constexpr Position kLogEnd{std::numeric_limits<Sequence>::max(),
                                  std::numeric_limits<std::uint32_t>::max()};

// A part of the log: what stands behind `after`, up to and with `upto`.
struct Stretch {
    Position after;
    Position upto = kLogEnd;
};

struct LoggedEvent {
    PersonId person;  // as appended: a member's events keep the member's id
    Position position;
    EventKey key;
    std::string payload;
};

// `from` is no longer a person of its own: all it did belongs to `into`. Its log stays where it is,
// and `into`'s scans walk it too.
struct Merge {
    PersonId from;
    PersonId into;
};

// What one person did, taken together: all of it is committed or none of it. The aliases take
// effect first, then the merges, then the events. A person comes to be with their first append,
// even one without events.
struct Append {
    TenantId tenant;
    PersonId person;
    std::vector<StoredEvent> events;
    std::vector<Alias> aliases;  // external ids that from now on mean `person`
    std::vector<Merge> merges;   // always into `person`
};

struct Person {
    PersonId id;
    // Everyone merged into it, itself not among them, in the order they were merged; who was merged
    // into a member before stands before that member.
    std::vector<PersonId> members;
};

// What names and values may measure; longer ones are invalid_argument, "too_large".
inline constexpr std::size_t kCollectionBytesMax = 255;
inline constexpr std::size_t kNameBytesMax = 1'024;
inline constexpr std::size_t kDocumentBytesMax = 16u << 20;
inline constexpr std::size_t kPageLimitMax = 10'000;
// What one put_documents may bring: how many, and how many bytes their names and values have together.
inline constexpr std::size_t kDocumentWritesMax = 10'000;
inline constexpr std::size_t kDocumentWritesBytesMax = 64u << 20;

// A fold's state up to a position, so that reading a person costs the checkpoint and the few events
// after it.
struct Checkpoint {
    Position upto;  // the last event folded in
    std::string state;
};

struct Document {
    std::string name;
    std::uint64_t version = 0;  // 1 when made; each write adds one
    std::string value;          // JSON
};

// One of the documents that are written together. Borrows its strings for the time of the call.
struct DocumentWrite {
    std::string_view collection;
    std::string_view name;
    std::optional<std::string_view> value;  // empty: the document goes
    std::optional<std::uint64_t> expected{};
};

struct Page {
    std::optional<std::string>
        after;                // the cursor of the page before; made up ones are invalid_argument
    std::size_t limit = 100;  // 1 to kPageLimitMax
};

template <class T>
struct Listing {
    std::vector<T> items;
    std::optional<std::string> cursor;  // there may be more when set; hexadecimal digits
};

struct Stats {
    Sequence last_committed = 0;
    Sequence last_durable = 0;
    std::uint64_t events = 0;
    std::uint64_t people = 0;
    std::uint64_t commits = 0;
    std::uint64_t syncs = 0;
    std::uint64_t bytes_on_disk = 0;
    std::uint64_t queue_events = 0;
    std::uint64_t queue_bytes = 0;
    bool read_only = false;  // the disk reserve was reached, or a sync failed
};

struct VerifyReport {
    std::uint64_t commits_checked = 0;
    std::uint64_t events_checked = 0;
    Sequence last_sequence = 0;
    std::vector<std::string> problems;  // empty: everything acknowledged is there and undamaged
};

class Store {
public:
    virtual ~Store() = default;

    // Queues one person's events for the next commit. Fails at once, with nothing done, when the
    // queue is full (resource_exhausted, "queue_full"), the disk reserve is known to be reached
    // (resource_exhausted, "disk_full": the first commit to meet it finds that out, and then it is the
    // ticket that fails so, with nothing done), the append is larger than the whole queue or names another
    // person in a merge's `into` (invalid_argument), or one of its event keys waits in the queue
    // already (aborted, "duplicate_event"). Keys that are committed are not looked up: ask
    // have_events first. Appends of one caller commit in call order, and their tickets complete in
    // that order. Never blocks on the disk. A ticket that fails with unavailable, "outcome_unknown"
    // may still turn out committed after the restart that then follows.
    //
    // What is taken completes one more issuer of `outcome`, so that one ticket can stand for many appends.
    [[nodiscard]] virtual Result<void> append(Append append, const base::TicketIssuer& outcome) = 0;
    [[nodiscard]] Result<base::Ticket> append(Append append);

    // Which of the keys are those of events that were committed (or are queued).
    [[nodiscard]] virtual Result<std::vector<bool>> have_events(TenantId tenant,
                                                                std::span<const EventKey> keys) = 0;
    [[nodiscard]] Result<bool> has_event(TenantId tenant, EventKey key);

    // Walks a person's events, and those of everyone merged into them, in log order after `after`;
    // stops when `visit` answers false. Sees committed events only.
    using Visit = std::function<bool(const LoggedEvent&)>;
    [[nodiscard]] virtual Result<void> scan_user(TenantId tenant, PersonId person, Position after,
                                                 const Visit& visit) = 0;
    // The same the other way: newest first, from the last event before `before`. What is opened is
    // what is visited, so that a page costs the page and not the person's whole log.
    [[nodiscard]] virtual Result<void> scan_user_back(TenantId tenant, PersonId person,
                                                      Position before, const Visit& visit) = 0;
    // Walks everything of a tenant in a stretch of the log, in order. Holds one commit's events in
    // memory at a time, and costs the stretch, whoever wrote what is in it. Answers how far it has
    // looked: up to the last event that `visit` answered true for or, when it had never enough, to
    // the end of the stretch or of what is committed, whichever comes first. Going on from there
    // sees nothing twice.
    [[nodiscard]] virtual Result<Position> scan_all(TenantId tenant, Stretch stretch,
                                                    const Visit& visit) = 0;

    // Calls `wake` (from a thread of the store's; be short) with the newest sequence whenever
    // commits were acknowledged, until the handle dies. Read what is new with scan_all.
    [[nodiscard]] virtual std::shared_ptr<void> subscribe(std::function<void(Sequence)> wake) = 0;

    // People. An alias of a merged person answers with the person it was merged into.
    [[nodiscard]] virtual Result<std::optional<PersonId>> find_person(TenantId tenant,
                                                                      Alias alias) = 0;
    [[nodiscard]] virtual Result<std::optional<Person>> person(TenantId tenant,
                                                               PersonId person) = 0;
    [[nodiscard]] virtual Result<Listing<PersonId>> list_people(TenantId tenant, Page page) = 0;
    // Exactly how many list_people would list, from one read. As of the last commit: what is queued
    // does not count yet.
    [[nodiscard]] virtual Result<std::uint64_t> count_people(TenantId tenant) = 0;

    [[nodiscard]] virtual Result<std::optional<Checkpoint>> get_checkpoint(TenantId tenant,
                                                                           PersonId person) = 0;
    // Not synced by itself: a lost checkpoint costs a longer fold, never data. So one that cannot
    // be right is dropped without an error: of someone not committed (any more), of a position past
    // the last commit, or from before the person's last merge. A merge drops the checkpoints of
    // both.
    [[nodiscard]] virtual Result<void> put_checkpoint(TenantId tenant, PersonId person,
                                                      const Checkpoint& checkpoint) = 0;
    [[nodiscard]] virtual Result<void> drop_checkpoint(TenantId tenant, PersonId person) = 0;

    // Documents: small named JSON values in named collections. `expected` is the version the caller
    // has seen: 0 means "must not exist yet", empty means "whatever is there". Answers the new
    // version once it is durable. A lost race is failed_precondition, "version_mismatch"; what is
    // deleted must be there (not_found).
    [[nodiscard]] virtual Result<std::optional<Document>> get_document(TenantId tenant,
                                                                       std::string_view collection,
                                                                       std::string_view name) = 0;
    [[nodiscard]] Result<std::uint64_t> put_document(TenantId tenant, std::string_view collection,
                                                     std::string_view name, std::string_view value,
                                                     std::optional<std::uint64_t> expected);
    [[nodiscard]] Result<void> delete_document(TenantId tenant, std::string_view collection,
                                               std::string_view name,
                                               std::optional<std::uint64_t> expected);

    // Writes and deletes many documents in one commit: every version is checked before anything
    // changes, and then all of it is durable or none of it, whatever fails and whenever the process
    // dies. Costs one sync. Answers the new versions in the order of the writes, 0 for what went.
    //
    //     store.put_documents(tenant, {{{.collection = "rules", .name = "a", .value = "{}"},
    //                                   {.collection = "rules", .name = "b", .expected = 3}}});
    //
    // An error that is one write's alone has one field that points to it by its place in `writes`
    // ("/1"): the lost race, the missing one to delete, the one too large, the name that stands there
    // twice (invalid_argument). Too many or too much together is invalid_argument, "too_large",
    // without a field. Nothing to write is no commit.
    [[nodiscard]] virtual Result<std::vector<std::uint64_t>> put_documents(
        TenantId tenant, std::span<const DocumentWrite> writes) = 0;
    [[nodiscard]] virtual Result<Listing<Document>> list_documents(TenantId tenant,
                                                                   std::string_view collection,
                                                                   Page page) = 0;

    // Forgets a person and everyone merged into them: events, event keys, aliases, checkpoint. What
    // was appended before the call goes, what is appended after it stays. When it returns, nobody can
    // read anything of it any more, durably. What is stored of a long history goes in slices, between
    // which others write: the ticket completes when all of it is gone; only then has_event says so
    // of all keys. An erasure that was cut short, or whose ticket failed, goes on by itself, after the
    // next opening too. Works at the disk reserve. Nobody there is not an error: erasing twice is
    // erasing.
    [[nodiscard]] virtual Result<base::Ticket> begin_erase(TenantId tenant, PersonId person) = 0;
    // The same, and waits for all of it.
    [[nodiscard]] Result<void> erase(TenantId tenant, PersonId person);

    // Waits until everything appended so far is durable, whatever the durability.
    [[nodiscard]] virtual Result<void> flush() = 0;

    // Writes an online, incremental copy into `directory` and answers its number; later backups
    // into the same directory share unchanged files. Contains every event acknowledged before the
    // call.
    [[nodiscard]] virtual Result<std::uint64_t> backup(const std::string& directory) = 0;

    [[nodiscard]] virtual Result<VerifyReport> verify() = 0;
    [[nodiscard]] virtual Stats stats() const = 0;
};

}  // namespace attune::store
