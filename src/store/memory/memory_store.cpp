#include "store/memory/memory_store.h"

#include "base/mutex.h"
#include "store/memory/shelf.h"
#include "store/rules.h"

#include <algorithm>
#include <deque>
#include <unordered_set>

namespace attune::store {
namespace {

using base::MutexLock;
using Wake = std::function<void(Sequence)>;

class Memory final : public MemoryStore {
public:
    explicit Memory(MemoryOptions options)
        : options_(std::move(options)),
          sealer_(options_.sealer ? options_.sealer : std::make_shared<NullSealer>()) {}

    Result<void> append(Append append, const base::TicketIssuer& outcome) override;
    Result<std::vector<bool>> have_events(TenantId tenant, std::span<const EventKey> keys) override;
    Result<void> scan_user(TenantId tenant, PersonId person, Position after,
                           const Visit& visit) override;
    Result<void> scan_user_back(TenantId tenant, PersonId person, Position before,
                                const Visit& visit) override;
    Result<Position> scan_all(TenantId tenant, Stretch stretch, const Visit& visit) override;
    std::shared_ptr<void> subscribe(Wake wake) override;

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

    void hold() override;
    void release() override;
    void set_disk_full(bool full) override;
    void fail_syncs() override;

private:
    struct Queued {
        Append append;
        base::TicketIssuer issuer;
    };
    struct Outcome {
        base::TicketIssuer issuer;
        Result<void> result;
        Sequence sequence = 0;
    };
    using QueuedKey = std::pair<std::uint32_t, EventKey>;
    struct QueuedKeyHash {
        std::size_t operator()(const QueuedKey& key) const { return key.second.low() ^ key.first; }
    };

    Result<void> check_writable() const ATTUNE_REQUIRES(mutex_);
    Result<void> check_room(const Append& append) const ATTUNE_REQUIRES(mutex_);
    void commit_queue() ATTUNE_REQUIRES(mutex_);
    Result<void> commit(const Append& append) ATTUNE_REQUIRES(mutex_);
    // Completes tickets and wakes subscribers in commit order, without the lock.
    void announce() ATTUNE_EXCLUDES(mutex_);

    const MemoryOptions options_;
    const std::shared_ptr<Sealer> sealer_;

    mutable base::Mutex mutex_;
    std::map<TenantId, Shelf> shelves_ ATTUNE_GUARDED_BY(mutex_);
    std::deque<Queued> queue_ ATTUNE_GUARDED_BY(mutex_);
    std::unordered_set<QueuedKey, QueuedKeyHash> queued_keys_ ATTUNE_GUARDED_BY(mutex_);
    std::size_t queued_bytes_ ATTUNE_GUARDED_BY(mutex_) = 0;
    std::deque<Outcome> outcomes_ ATTUNE_GUARDED_BY(mutex_);
    std::vector<std::weak_ptr<Wake>> subscribers_ ATTUNE_GUARDED_BY(mutex_);
    bool announcing_ ATTUNE_GUARDED_BY(mutex_) = false;
    bool held_ ATTUNE_GUARDED_BY(mutex_) = false;
    bool disk_full_ ATTUNE_GUARDED_BY(mutex_) = false;
    bool failed_ ATTUNE_GUARDED_BY(mutex_) = false;
    Sequence last_ ATTUNE_GUARDED_BY(mutex_) = 0;
    std::uint64_t events_ ATTUNE_GUARDED_BY(mutex_) = 0;
};

Result<void> Memory::check_writable() const {
    if (failed_)
        return fail(Code::unavailable,
                    "a sync failed; the store takes nothing more until it is reopened",
                    "outcome_unknown");
    if (disk_full_)
        return fail(Code::resource_exhausted, "the disk reserve is reached; free some space",
                    "disk_full");
    return {};
}

Result<void> Memory::check_room(const Append& append) const {
    const std::size_t events = append.events.size();
    const std::size_t bytes = weight_of(append);
    if (events > options_.queue_events_max || bytes > options_.queue_bytes_max)
        return fail(Code::invalid_argument, "the append is larger than the whole queue",
                    "too_large");
    if (queued_keys_.size() + events > options_.queue_events_max ||
        queued_bytes_ + bytes > options_.queue_bytes_max)
        return fail(Code::resource_exhausted, "the commit queue is full", "queue_full");
    return {};
}

Result<void> Memory::append(Append append, const base::TicketIssuer& outcome) {
    ATTUNE_TRY_VOID(check_append(append));
    {
        MutexLock lock(mutex_);
        ATTUNE_TRY_VOID(check_writable());
        ATTUNE_TRY_VOID(check_room(append));
        const std::uint32_t tenant = append.tenant.value;
        for (const StoredEvent& event : append.events)
            if (queued_keys_.contains({tenant, event.key}))
                return fail(Code::aborted, "an event of this key is on its way already",
                            "duplicate_event");
        for (const StoredEvent& event : append.events) queued_keys_.insert({tenant, event.key});
        queued_bytes_ += weight_of(append);
        queue_.push_back({std::move(append), outcome.another()});
        if (!held_) commit_queue();
    }
    announce();
    return {};
}

void Memory::commit_queue() {
    while (!queue_.empty()) {
        Queued queued = std::move(queue_.front());
        queue_.pop_front();
        queued_bytes_ -= weight_of(queued.append);
        for (const StoredEvent& event : queued.append.events)
            queued_keys_.erase({queued.append.tenant.value, event.key});
        Result<void> result = commit(queued.append);
        outcomes_.push_back({std::move(queued.issuer), std::move(result), last_});
    }
}

Result<void> Memory::commit(const Append& append) {
    if (failed_) return fail(Code::unavailable, "the sync failed", "outcome_unknown");
    const Sequence sequence = last_ + 1;
    std::vector<std::string> sealed;
    std::uint32_t index = 0;
    for (const StoredEvent& event : append.events) {
        const std::string record = event_record_name({sequence, index++});
        ATTUNE_TRY(sealed.emplace_back(),
                   sealer_->seal({append.tenant, append.person, record}, event.payload));
    }
    last_ = sequence;
    Shelf& shelf = shelves_[append.tenant];
    shelf.come_to_be(append.person);
    for (Alias alias : append.aliases) shelf.alias(alias, append.person);
    for (const Merge& merge : append.merges) shelf.merge(merge.from, merge.into, sequence);
    for (std::uint32_t i = 0; i < append.events.size(); ++i) {
        const Position position{sequence, i};
        const EventKey key = append.events[i].key;
        shelf.keys[key] = sequence;
        shelf.log.emplace(position, Shelf::Entry{append.person, key, std::move(sealed[i])});
        shelf.by_person.emplace(append.person, position);
    }
    events_ += append.events.size();
    return {};
}

void Memory::announce() {
    MutexLock lock(mutex_);
    if (announcing_) return;  // whoever is at it takes ours along, in order
    announcing_ = true;
    while (!outcomes_.empty()) {
        Outcome outcome = std::move(outcomes_.front());
        outcomes_.pop_front();
        std::erase_if(subscribers_, [](const auto& wake) { return wake.expired(); });
        const auto subscribers = subscribers_;
        lock.unlock();
        const bool committed = outcome.result.has_value();
        outcome.issuer.complete(std::move(outcome.result));
        if (committed)
            for (const auto& weak : subscribers)
                if (auto wake = weak.lock()) (*wake)(outcome.sequence);
        lock.lock();
    }
    announcing_ = false;
}

Result<std::vector<bool>> Memory::have_events(TenantId tenant, std::span<const EventKey> keys) {
    std::vector<bool> known;
    known.reserve(keys.size());
    MutexLock lock(mutex_);
    const Shelf& shelf = shelves_[tenant];
    for (const EventKey& key : keys)
        known.push_back(queued_keys_.contains({tenant.value, key}) || shelf.keys.contains(key));
    return known;
}

// Copies what is to be visited, so that a visitor may call the store.
Result<void> Memory::scan_user(TenantId tenant, PersonId person, Position after,
                               const Visit& visit) {
    std::vector<std::pair<Position, Shelf::Entry>> found;
    {
        MutexLock lock(mutex_);
        Shelf& shelf = shelves_[tenant];
        for (PersonId one : shelf.everyone(shelf.root_of(person))) {
            auto at = shelf.by_person.upper_bound({one, after});
            for (; at != shelf.by_person.end() && at->first == one; ++at)
                found.emplace_back(at->second, shelf.log.at(at->second));
        }
    }
    std::ranges::sort(found, {}, [](const auto& entry) { return entry.first; });
    for (const auto& [position, entry] : found) {
        const std::string record = event_record_name(position);
        ATTUNE_TRY(std::string payload,
                   sealer_->open({tenant, entry.person, record}, entry.sealed));
        if (!visit({entry.person, position, entry.key, std::move(payload)})) break;
    }
    return {};
}

Result<void> Memory::scan_user_back(TenantId tenant, PersonId person, Position before,
                                    const Visit& visit) {
    while (true) {
        LoggedEvent event;
        std::string sealed;
        {
            MutexLock lock(mutex_);
            Shelf& shelf = shelves_[tenant];
            const auto at = shelf.last_before(shelf.root_of(person), before);
            if (!at) return {};
            const Shelf::Entry& entry = shelf.log.at(*at);
            event = {entry.person, *at, entry.key, {}};
            sealed = entry.sealed;
        }
        const std::string record = event_record_name(event.position);
        ATTUNE_TRY(event.payload, sealer_->open({tenant, event.person, record}, sealed));
        before = event.position;
        if (!visit(event)) return {};
    }
}

Result<Position> Memory::scan_all(TenantId tenant, Stretch stretch, const Visit& visit) {
    Position seen = stretch.after;
    while (true) {
        LoggedEvent event;
        std::string sealed;
        {
            MutexLock lock(mutex_);
            Shelf& shelf = shelves_[tenant];
            auto at = shelf.log.upper_bound(seen);
            if (at == shelf.log.end() || at->first > stretch.upto)
                return std::max(seen, std::min(stretch.upto, Position{last_, kLogEnd.index}));
            event = {at->second.person, at->first, at->second.key, {}};
            sealed = at->second.sealed;
        }
        const std::string record = event_record_name(event.position);
        ATTUNE_TRY(event.payload, sealer_->open({tenant, event.person, record}, sealed));
        if (!visit(event)) return seen;
        seen = event.position;
    }
}

std::shared_ptr<void> Memory::subscribe(Wake wake) {
    auto handle = std::make_shared<Wake>(std::move(wake));
    MutexLock lock(mutex_);
    subscribers_.push_back(handle);
    return handle;
}

Result<std::optional<PersonId>> Memory::find_person(TenantId tenant, Alias alias) {
    MutexLock lock(mutex_);
    Shelf& shelf = shelves_[tenant];
    auto at = shelf.aliases.find(alias);
    if (at == shelf.aliases.end()) return std::nullopt;
    return shelf.root_of(at->second);
}

Result<std::optional<Person>> Memory::person(TenantId tenant, PersonId person) {
    MutexLock lock(mutex_);
    Shelf& shelf = shelves_[tenant];
    const PersonId root = shelf.root_of(person);
    auto at = shelf.people.find(root);
    if (at == shelf.people.end()) return std::nullopt;
    return Person{root, at->second.members};
}

Result<Listing<PersonId>> Memory::list_people(TenantId tenant, Page page) {
    ATTUNE_TRY(Start start, check_page(page));
    Listing<PersonId> listing;
    MutexLock lock(mutex_);
    for (const auto& [id, node] : shelves_[tenant].people) {
        if (node.redirect || (!start.from_beginning && id.view() <= start.after)) continue;
        if (listing.items.size() == start.limit) {
            listing.cursor = cursor_of(listing.items.back().view());
            break;
        }
        listing.items.push_back(id);
    }
    return listing;
}

Result<std::uint64_t> Memory::count_people(TenantId tenant) {
    MutexLock lock(mutex_);
    return shelves_[tenant].roots;
}

Result<std::optional<Checkpoint>> Memory::get_checkpoint(TenantId tenant, PersonId person) {
    std::optional<Checkpoint> checkpoint;
    PersonId root;
    {
        MutexLock lock(mutex_);
        Shelf& shelf = shelves_[tenant];
        root = shelf.root_of(person);
        auto at = shelf.people.find(root);
        if (at == shelf.people.end() || !at->second.checkpoint) return std::nullopt;
        checkpoint = at->second.checkpoint;
    }
    ATTUNE_TRY(checkpoint->state, sealer_->open({tenant, root, "checkpoint"}, checkpoint->state));
    return checkpoint;
}

Result<void> Memory::put_checkpoint(TenantId tenant, PersonId person,
                                    const Checkpoint& checkpoint) {
    MutexLock lock(mutex_);
    Shelf& shelf = shelves_[tenant];
    const PersonId root = shelf.root_of(person);
    auto at = shelf.people.find(root);
    if (at == shelf.people.end() || checkpoint.upto.sequence > last_ ||
        checkpoint.upto.sequence < at->second.merged_at)
        return {};
    ATTUNE_TRY(std::string sealed, sealer_->seal({tenant, root, "checkpoint"}, checkpoint.state));
    at->second.checkpoint = Checkpoint{checkpoint.upto, std::move(sealed)};
    return {};
}

Result<void> Memory::drop_checkpoint(TenantId tenant, PersonId person) {
    MutexLock lock(mutex_);
    Shelf& shelf = shelves_[tenant];
    auto at = shelf.people.find(shelf.root_of(person));
    if (at != shelf.people.end()) at->second.checkpoint.reset();
    return {};
}

Result<std::optional<Document>> Memory::get_document(TenantId tenant, std::string_view collection,
                                                     std::string_view name) {
    MutexLock lock(mutex_);
    const auto& documents = shelves_[tenant].documents;
    auto at = documents.find({std::string(collection), std::string(name)});
    if (at == documents.end()) return std::nullopt;
    return at->second;
}

Result<std::vector<std::uint64_t>> Memory::put_documents(TenantId tenant,
                                                         std::span<const DocumentWrite> writes) {
    ATTUNE_TRY_VOID(check_writes(writes));
    std::vector<std::uint64_t> versions;
    if (writes.empty()) return versions;
    MutexLock lock(mutex_);
    ATTUNE_TRY_VOID(check_writable());
    auto& documents = shelves_[tenant].documents;
    std::vector<std::pair<std::string, std::string>> keys;
    for (std::size_t i = 0; i < writes.size(); ++i) {
        const auto& key = keys.emplace_back(writes[i].collection, writes[i].name);
        const auto at = documents.find(key);
        const std::uint64_t there = at == documents.end() ? 0 : at->second.version;
        ATTUNE_TRY(versions.emplace_back(), version_after(writes, i, there));
    }
    for (std::size_t i = 0; i < writes.size(); ++i) {
        if (const auto value = writes[i].value)
            documents[keys[i]] = Document{keys[i].second, versions[i], std::string(*value)};
        else
            documents.erase(keys[i]);
    }
    ++last_;
    return versions;
}

Result<Listing<Document>> Memory::list_documents(TenantId tenant, std::string_view collection,
                                                 Page page) {
    ATTUNE_TRY(Start start, check_page(page));
    Listing<Document> listing;
    MutexLock lock(mutex_);
    const auto& documents = shelves_[tenant].documents;
    const std::pair first{std::string(collection), start.after};
    auto at = start.from_beginning ? documents.lower_bound(first) : documents.upper_bound(first);
    for (; at != documents.end() && at->first.first == collection; ++at) {
        if (listing.items.size() == start.limit) {
            listing.cursor = cursor_of(listing.items.back().name);
            break;
        }
        listing.items.push_back(at->second);
    }
    return listing;
}

Result<base::Ticket> Memory::begin_erase(TenantId tenant, PersonId person) {
    std::vector<PersonId> gone;
    {
        MutexLock lock(mutex_);
        commit_queue();
        Shelf& shelf = shelves_[tenant];
        const PersonId root = shelf.root_of(person);
        gone = shelf.everyone(root);
        events_ -= shelf.erase(root);
        ++last_;
    }
    announce();
    for (PersonId one : gone) ATTUNE_TRY_VOID(sealer_->destroy(tenant, one));
    return base::Ticket::done();
}

Result<void> Memory::flush() {
    {
        MutexLock lock(mutex_);
        commit_queue();
        if (failed_) return check_writable();
    }
    announce();
    return {};
}

Result<std::uint64_t> Memory::backup(const std::string&) {
    return fail(Code::unimplemented, "a memory store has nothing to back up");
}

Result<VerifyReport> Memory::verify() {
    MutexLock lock(mutex_);
    return VerifyReport{
        .commits_checked = last_, .events_checked = events_, .last_sequence = last_};
}

Stats Memory::stats() const {
    MutexLock lock(mutex_);
    Stats stats{
        .last_committed = last_, .last_durable = last_, .events = events_, .commits = last_};
    for (const auto& [tenant, shelf] : shelves_) stats.people += shelf.roots;
    stats.queue_events = queued_keys_.size();
    stats.queue_bytes = queued_bytes_;
    stats.read_only = disk_full_ || failed_;
    return stats;
}

void Memory::hold() {
    MutexLock lock(mutex_);
    held_ = true;
}

void Memory::release() {
    {
        MutexLock lock(mutex_);
        held_ = false;
        commit_queue();
    }
    announce();
}

void Memory::set_disk_full(bool full) {
    MutexLock lock(mutex_);
    disk_full_ = full;
}

void Memory::fail_syncs() {
    {
        MutexLock lock(mutex_);
        failed_ = true;
        commit_queue();
    }
    announce();
}

}  // namespace

std::unique_ptr<MemoryStore> open_memory(MemoryOptions options) {
    return std::make_unique<Memory>(std::move(options));
}

}  // namespace attune::store
