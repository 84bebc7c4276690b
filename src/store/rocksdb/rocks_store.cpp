#include "store/rocksdb/backup.h"
#include "store/rocksdb/codec.h"
#include "store/rocksdb/committer.h"
#include "store/rocksdb/compactor.h"
#include "store/rocksdb/eraser.h"
#include "store/rocksdb/files.h"
#include "store/rocksdb/open_store.h"
#include "store/rocksdb/scans.h"
#include "store/rocksdb/verifier.h"
#include "store/rules.h"

#include <rocksdb/listener.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <mutex>

namespace attune::store::rocks {
namespace {

// Of the store's memory, for knowing who is there without a look, and for what was written last.
std::size_t known_people_bytes(const RocksOptions& options) { return options.memory_bytes / 32; }
std::size_t recent_events_bytes(const RocksOptions& options) { return options.memory_bytes / 32; }

void end_process(const Error& error) {
    // tidy-ok(printing): the process ends here, and this is its last word when nobody else was given the task.
    std::fprintf(stderr, "attune: the store cannot go on: %s\n", error.message.c_str());
    std::fflush(stderr);
    ::_exit(70);
}

// Learns from RocksDB up to which commit commits and events are in tables: an open need not check those again.
class FlushListener final : public rocksdb::EventListener {
public:
    void watch(const Committer* committer, Finisher* finisher) {
        std::lock_guard lock(mutex_);
        committer_ = committer;
        finisher_ = finisher;
    }
    void OnMemTableSealed(const rocksdb::MemTableInfo& info) override {
        std::lock_guard lock(mutex_);
        if (Progress* of = progress_of(info.cf_name); of != nullptr && committer_ != nullptr)
            of->sealed = committer_->last_committed();
    }
    void OnFlushBegin(rocksdb::DB*, const rocksdb::FlushJobInfo& info) override {
        std::lock_guard lock(mutex_);
        if (Progress* of = progress_of(info.cf_name)) of->flushing = of->sealed;
    }
    void OnFlushCompleted(rocksdb::DB*, const rocksdb::FlushJobInfo& info) override {
        std::lock_guard lock(mutex_);
        if (finisher_ != nullptr) finisher_->note_tables_changed();
        Progress* of = progress_of(info.cf_name);
        if (of == nullptr) return;
        of->flushed = of->flushing;
        const Sequence both = std::min(commits_.flushed, events_.flushed);
        if (finisher_ != nullptr && both > 0) finisher_->note_verified(both);
    }
    void OnCompactionCompleted(rocksdb::DB*, const rocksdb::CompactionJobInfo&) override {
        std::lock_guard lock(mutex_);
        if (finisher_ != nullptr) finisher_->note_tables_changed();
    }

private:
    struct Progress {
        Sequence sealed = 0;
        Sequence flushing = 0;
        Sequence flushed = 0;
    };
    Progress* progress_of(const std::string& family) {
        if (family == name_of(Family::commits)) return &commits_;
        return family == name_of(Family::events) ? &events_ : nullptr;
    }

    std::mutex mutex_;
    const Committer* committer_ = nullptr;
    Finisher* finisher_ = nullptr;
    Progress commits_;
    Progress events_;
};

class RocksStore final : public Store {
public:
    RocksStore(RocksOptions options, OpenDirectory open, DiskSpace disk,
               std::shared_ptr<FlushListener> listener);
    ~RocksStore() override;

    Result<void> append(Append append, const base::TicketIssuer& outcome) override;
    Result<std::vector<bool>> have_events(TenantId tenant, std::span<const EventKey> keys) override;
    Result<void> scan_user(TenantId tenant, PersonId person, Position after,
                           const Visit& visit) override;
    Result<void> scan_user_back(TenantId tenant, PersonId person, Position before,
                                const Visit& visit) override;
    Result<Position> scan_all(TenantId tenant, Stretch stretch, const Visit& visit) override;
    std::shared_ptr<void> subscribe(std::function<void(Sequence)> wake) override;

    Result<std::optional<PersonId>> find_person(TenantId tenant, Alias alias) override;
    Result<std::optional<Person>> person(TenantId tenant, PersonId person) override;
    Result<Listing<PersonId>> list_people(TenantId tenant, Page page) override;
    Result<std::uint64_t> count_people(TenantId tenant) override;

    Result<std::optional<Checkpoint>> get_checkpoint(TenantId tenant, PersonId person) override;
    Result<void> put_checkpoint(TenantId tenant, PersonId person,
                                const Checkpoint& checkpoint) override;
    Result<void> drop_checkpoint(TenantId tenant, PersonId person) override;

    Result<std::optional<Document>> get_document(TenantId tenant, std::string_view collection,
                                                 std::string_view name) override;
    Result<std::vector<std::uint64_t>> put_documents(
        TenantId tenant, std::span<const DocumentWrite> writes) override;
    Result<Listing<Document>> list_documents(TenantId tenant, std::string_view collection,
                                             Page page) override;

    Result<base::Ticket> begin_erase(TenantId tenant, PersonId person) override;
    Result<void> flush() override;
    Result<std::uint64_t> backup(const std::string& directory) override;
    Result<VerifyReport> verify() override;
    Stats stats() const override;

private:
    [[nodiscard]] Result<void> run(Work work);
    void refuse(const Error& error);  // whatever comes from now on
    void stop(const Error& error);

    const RocksOptions options_;
    const std::shared_ptr<Sealer> sealer_;
    const base::SystemClock system_clock_;
    const base::Clock& clock_;
    const DiskSpace disk_;
    const std::shared_ptr<FlushListener> listener_;
    OpenDirectory open_;
    Database& database_;
    std::once_flag stopped_once_;
    std::atomic<bool> stopped_ = false;
    base::Mutex backup_mutex_;  // one backup at a time

    CommitQueue queue_;
    RecentEvents recent_;
    // Taken down in the order committer, finisher: the one hands over to the other.
    std::unique_ptr<Finisher> finisher_;
    std::unique_ptr<Committer> committer_;
    std::unique_ptr<Compactor> compactor_;
    std::unique_ptr<Eraser> eraser_;  // commits, and wakes the compactor
};

RocksStore::RocksStore(RocksOptions options, OpenDirectory open, DiskSpace disk,
                       std::shared_ptr<FlushListener> listener)
    : options_(std::move(options)),
      sealer_(options_.sealer ? options_.sealer : std::make_shared<NullSealer>()),
      clock_(options_.clock != nullptr ? *options_.clock : system_clock_),
      disk_(std::move(disk)),
      listener_(std::move(listener)),
      open_(std::move(open)),
      database_(*open_.database),
      queue_(options_.queue_events_max, options_.queue_bytes_max),
      recent_(open_.ledger.sequence, recent_events_bytes(options_)) {
    auto failed = [this](const Error& error) { stop(error); };
    finisher_ = std::make_unique<Finisher>(
        database_, *open_.mark,
        Finisher::Options{.durability = options_.durability,
                          .window = std::chrono::milliseconds(options_.batch_window_ms),
                          .database_path = database_path(options_.directory),
                          .failing = [this](const Error& error) { refuse(error); },
                          .failed = failed});
    committer_ = std::make_unique<Committer>(
        database_, *sealer_, clock_, disk_, queue_, recent_, *finisher_, open_.ledger,
        std::move(open_.people),
        Committer::Options{.durability = options_.durability,
                           .group_bytes_max = options_.group_bytes_max,
                           .known_people_bytes = known_people_bytes(options_),
                           .failed = failed});
    compactor_ = std::make_unique<Compactor>(database_, disk_);
    eraser_ = std::make_unique<Eraser>(
        database_, [this](Work work) { return run(std::move(work)); },
        [this] { compactor_->wake(); });
    listener_->watch(committer_.get(), finisher_.get());
}

RocksStore::~RocksStore() {
    queue_.close(fail(Code::unavailable, "the store is closing").error());
    eraser_.reset();
    compactor_.reset();
    listener_->watch(nullptr, nullptr);
    committer_.reset();
    finisher_.reset();
}

void RocksStore::refuse(const Error& error) {
    stopped_ = true;
    queue_.close(error);
}

void RocksStore::stop(const Error& error) {
    refuse(error);
    std::call_once(stopped_once_,
                   [&] { options_.on_fatal ? options_.on_fatal(error) : end_process(error); });
}

Result<void> RocksStore::append(Append append, const base::TicketIssuer& outcome) {
    ATTUNE_TRY_VOID(check_append(append));
    if (!stopped_ && disk_.is_still_low()) return disk_.refusal();
    return queue_.push({.kind = Work::Kind::append, .append = std::move(append)}, outcome);
}

Result<void> RocksStore::run(Work work) {
    base::TicketIssuer issuer;
    const base::Ticket done = issuer.ticket();
    ATTUNE_TRY_VOID(queue_.push(std::move(work), issuer));
    issuer.complete({});
    return done.wait();
}

Result<std::vector<bool>> RocksStore::have_events(TenantId tenant, std::span<const EventKey> keys) {
    // Queue first: a key leaves it only after its commit can be read.
    std::vector<bool> known = queue_.have(tenant, keys);
    std::vector<std::string> rows;
    rows.reserve(keys.size());
    for (const EventKey& key : keys) rows.push_back(id_key(tenant, key));
    ATTUNE_TRY(const std::vector<bool> committed, database_.have(Family::ids, rows));
    for (std::size_t i = 0; i < keys.size(); ++i) known[i] = known[i] || committed[i];
    return known;
}

Result<void> RocksStore::scan_user(TenantId tenant, PersonId person, Position after,
                                   const Visit& visit) {
    return scan_person(database_, *sealer_, tenant, person, after, Direction::forward, visit);
}

Result<void> RocksStore::scan_user_back(TenantId tenant, PersonId person, Position before,
                                        const Visit& visit) {
    return scan_person(database_, *sealer_, tenant, person, before, Direction::backward, visit);
}

Result<Position> RocksStore::scan_all(TenantId tenant, Stretch stretch, const Visit& visit) {
    if (const auto seen = recent_.scan(tenant, stretch, visit)) return *seen;
    return scan_tenant(database_, *sealer_, tenant, stretch, visit);
}

std::shared_ptr<void> RocksStore::subscribe(std::function<void(Sequence)> wake) {
    return finisher_->subscribe(std::move(wake));
}

Result<std::optional<PersonId>> RocksStore::find_person(TenantId tenant, Alias alias) {
    ATTUNE_TRY(const auto body, database_.get_row(Family::aliases, alias_key(tenant, alias)));
    if (!body) return std::nullopt;
    ATTUNE_TRY(const auto found, find_root(database_, tenant, Reader(*body).id()));
    if (!found) return std::nullopt;
    return found->root;
}

Result<std::optional<Person>> RocksStore::person(TenantId tenant, PersonId person) {
    ATTUNE_TRY(auto found, find_root(database_, tenant, person));
    if (!found) return std::nullopt;
    return Person{found->root, std::move(found->row.members)};
}

Result<Listing<PersonId>> RocksStore::list_people(TenantId tenant, Page page) {
    ATTUNE_TRY(const Start start, check_page(page));
    std::string prefix;
    Writer(prefix).u32(tenant.value);
    const std::string from = prefix + start.after;
    Listing<PersonId> listing;
    auto visit = [&](std::string_view key, std::string_view row) -> Result<bool> {
        if (!start.from_beginning && key <= from) return true;
        ATTUNE_TRY(const auto body, open_row(Family::people, key, row));
        ATTUNE_TRY(const PersonRow person, decode_person(body));
        if (person.redirect) return true;
        if (listing.items.size() == start.limit) {
            listing.cursor = cursor_of(listing.items.back().view());
            return false;
        }
        listing.items.push_back(person_in(key).person);
        return true;
    };
    ATTUNE_TRY_VOID(database_.walk(Family::people, prefix, from, nullptr, visit));
    return listing;
}

Result<std::uint64_t> RocksStore::count_people(TenantId tenant) {
    return people_of(database_, tenant);
}

Result<std::optional<Checkpoint>> RocksStore::get_checkpoint(TenantId tenant, PersonId person) {
    ATTUNE_TRY(const auto found, find_root(database_, tenant, person));
    if (!found) return std::nullopt;
    ATTUNE_TRY(const auto body,
               database_.get_row(Family::checkpoints, person_key(tenant, found->root)));
    if (!body) return std::nullopt;
    ATTUNE_TRY(Checkpoint checkpoint, decode_checkpoint(*body));
    if (checkpoint.upto.sequence > committer_->last_committed() ||
        checkpoint.upto.sequence < found->row.merged_at)
        return std::nullopt;
    ATTUNE_TRY(checkpoint.state,
               sealer_->open({tenant, found->root, "checkpoint"}, checkpoint.state));
    return checkpoint;
}

Result<void> RocksStore::put_checkpoint(TenantId tenant, PersonId person,
                                        const Checkpoint& checkpoint) {
    if (stopped_ || disk_.is_low())
        return {};  // it costs a longer fold, and the disk has better uses
    base::MutexLock gate(committer_->checkpoint_gate());
    ATTUNE_TRY(const auto found, find_root(database_, tenant, person));
    if (!found || checkpoint.upto.sequence > committer_->last_committed() ||
        checkpoint.upto.sequence < found->row.merged_at)
        return {};
    ATTUNE_TRY(const std::string sealed,
               sealer_->seal({tenant, found->root, "checkpoint"}, checkpoint.state));
    const std::string key = person_key(tenant, found->root);
    const std::string row =
        seal_row(Family::checkpoints, key, encode_checkpoint(checkpoint.upto, sealed));
    // In the log behind the commits that it folds, so that it is never recovered without them; not synced.
    const rocksdb::Status status =
        database_.db().Put({}, database_.family(Family::checkpoints), slice(key), slice(row));
    if (!status.ok()) return error_of(status, "cannot write a checkpoint");
    return {};
}

Result<void> RocksStore::drop_checkpoint(TenantId tenant, PersonId person) {
    ATTUNE_TRY(const auto found, find_root(database_, tenant, person));
    const std::string key = person_key(tenant, found ? found->root : person);
    const rocksdb::Status status =
        database_.db().Delete({}, database_.family(Family::checkpoints), slice(key));
    if (!status.ok()) return error_of(status, "cannot drop a checkpoint");
    return {};
}

Result<std::optional<Document>> RocksStore::get_document(TenantId tenant,
                                                         std::string_view collection,
                                                         std::string_view name) {
    if (!check_document(collection, name, {})) return std::nullopt;
    ATTUNE_TRY(const auto body,
               database_.get_row(Family::documents, document_key(tenant, collection, name)));
    if (!body) return std::nullopt;
    ATTUNE_TRY(Document document, decode_document(*body));
    document.name = name;
    return document;
}

Result<std::vector<std::uint64_t>> RocksStore::put_documents(
    TenantId tenant, std::span<const DocumentWrite> writes) {
    ATTUNE_TRY(const std::size_t bytes, check_writes(writes));
    std::vector<std::uint64_t> versions;
    if (writes.empty()) return versions;
    if (!stopped_ && disk_.is_low_for(bytes)) return disk_.refusal();
    Work work{.kind = Work::Kind::write, .bytes = bytes};
    // The caller waits for it below, so its views and `versions` live long enough.
    work.change = [&](Group& group) -> Result<void> {
        ATTUNE_TRY(versions, group.put_documents(tenant, writes));
        return {};
    };
    ATTUNE_TRY_VOID(run(std::move(work)));
    return versions;
}

Result<Listing<Document>> RocksStore::list_documents(TenantId tenant, std::string_view collection,
                                                     Page page) {
    ATTUNE_TRY(const Start start, check_page(page));
    Listing<Document> listing;
    if (!check_document(collection, {}, {})) return listing;
    const std::string prefix = collection_prefix(tenant, collection);
    const std::string from = prefix + start.after;
    auto visit = [&](std::string_view key, std::string_view row) -> Result<bool> {
        if (!start.from_beginning && key <= from) return true;
        if (listing.items.size() == start.limit) {
            listing.cursor = cursor_of(listing.items.back().name);
            return false;
        }
        ATTUNE_TRY(const auto body, open_row(Family::documents, key, row));
        ATTUNE_TRY(Document document, decode_document(body));
        document.name = key.substr(prefix.size());
        listing.items.push_back(std::move(document));
        return true;
    };
    ATTUNE_TRY_VOID(database_.walk(Family::documents, prefix, from, nullptr, visit));
    return listing;
}

Result<base::Ticket> RocksStore::begin_erase(TenantId tenant, PersonId person) {
    Group::Erased erased;
    Work work{.kind = Work::Kind::erase};
    work.change = [&](Group& group) -> Result<void> {
        ATTUNE_TRY(erased, group.erase(tenant, person));
        return {};
    };
    // On the commit thread, before anything that was appended later is sealed.
    work.committed = [&]() -> Result<void> {
        recent_.forget(tenant, erased.gone);
        for (const PersonId& one : erased.gone) ATTUNE_TRY_VOID(sealer_->destroy(tenant, one));
        return {};
    };
    ATTUNE_TRY_VOID(run(std::move(work)));
    if (!erased.gone.empty()) compactor_->wake();
    return eraser_->finish(tenant, erased.unfinished);
}

Result<void> RocksStore::flush() { return run({.kind = Work::Kind::flush}); }

Result<std::uint64_t> RocksStore::backup(const std::string& directory) {
    base::MutexLock one_at_a_time(backup_mutex_);
    ATTUNE_TRY_VOID(flush());
    const Ledger ledger = committer_->ledger();
    return back_up(database_, finisher_->mark(), ledger, clock_.now(),
                   options_.directory + "/backup.tmp", directory);
}

Result<VerifyReport> RocksStore::verify() {
    ATTUNE_TRY_VOID(flush());
    return verify_all(database_, finisher_->mark());
}

Stats RocksStore::stats() const {
    const Ledger ledger = committer_->ledger();
    const CommitQueue::Load load = queue_.load();
    return {.last_committed = ledger.sequence,
            .last_durable = finisher_->durable(),
            .events = ledger.events,
            .people = ledger.people,
            .commits = ledger.sequence,
            .syncs = finisher_->syncs(),
            .bytes_on_disk = database_.bytes_on_disk(),
            .queue_events = load.events,
            .queue_bytes = load.bytes,
            .read_only = stopped_ || disk_.is_low()};
}

}  // namespace

Result<std::unique_ptr<Store>> open_store(RocksOptions options, Injected injected) {
    base::SystemRandom system_random;
    base::Random& random = options.random != nullptr ? *options.random : system_random;
    auto listener = std::make_shared<FlushListener>();
    ATTUNE_TRY_VOID(make_directory(options.directory));
    DiskSpace disk(options.directory, options.disk_reserve_bytes, options.free_bytes);
    OpenSettings settings{.memory_bytes = options.memory_bytes - known_people_bytes(options) -
                                          recent_events_bytes(options),
                          .listener = listener,
                          .on_delay = options.on_delay};
    settings.write_buffer_bytes = std::clamp<std::size_t>(
        std::min<std::uint64_t>(options.memory_bytes / 4, disk.reserve() / 8), 256u << 10,
        64u << 20);
    ATTUNE_TRY(OpenDirectory open, open_directory(options.directory, random, settings, injected));
    return std::make_unique<RocksStore>(std::move(options), std::move(open), std::move(disk),
                                        std::move(listener));
}

}  // namespace attune::store::rocks
