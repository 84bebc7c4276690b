#include "store/rocksdb/scans.h"

#include "store/rocksdb/codec.h"
#include "store/rocksdb/unerased.h"
#include "store/rules.h"

#include <algorithm>
#include <queue>

namespace attune::store::rocks {
namespace {

// Walks one person's blocks event by event.
class LogCursor {
public:
    // Sees nothing before `first`.
    LogCursor(const Database& database, const Snapshot& snapshot, TenantId tenant, PersonId person,
              Sequence first, Direction direction)
        : tenant_(tenant),
          person_(person),
          direction_(direction),
          begin_(block_key(tenant, person, first)),
          end_(end_of(person_key(tenant, person))),
          lower_(slice(begin_)),
          upper_(slice(end_)) {
        rocksdb::ReadOptions options;
        options.snapshot = snapshot.get();
        options.iterate_lower_bound = &lower_;
        if (!end_.empty()) options.iterate_upper_bound = &upper_;
        rows_.reset(database.db().NewIterator(options, database.family(Family::events)));
    }
    LogCursor(const LogCursor&) = delete;
    LogCursor& operator=(const LogCursor&) = delete;

    // To the first event beyond `from`, in the cursor's direction.
    [[nodiscard]] Result<void> seek(Position from) {
        const std::string key = block_key(tenant_, person_, from.sequence);
        if (is_backward()) {
            rows_->SeekForPrev(slice(key));
        } else {
            rows_->Seek(slice(key));
        }
        ATTUNE_TRY_VOID(load());
        while (!is_at_end() && (is_backward() ? position() >= from : position() <= from)) {
            ATTUNE_TRY_VOID(next());
        }
        return {};
    }
    [[nodiscard]] Result<void> next() {
        if (++at_ < events_.size()) return {};
        next_row();
        return load();
    }
    [[nodiscard]] bool is_at_end() const { return at_ >= events_.size(); }
    [[nodiscard]] Position position() const { return {sequence_, event().index}; }
    [[nodiscard]] PersonId person() const { return person_; }
    [[nodiscard]] const BlockEvent& event() const {
        return events_[is_backward() ? events_.size() - 1 - at_ : at_];
    }

private:
    [[nodiscard]] bool is_backward() const { return direction_ == Direction::backward; }
    void next_row() { is_backward() ? rows_->Prev() : rows_->Next(); }

    // The events of the row under the iterator; at the end when there is none.
    [[nodiscard]] Result<void> load() {
        for (at_ = 0, events_.clear(); rows_->Valid(); next_row()) {
            ATTUNE_TRY(const auto body,
                       open_row(Family::events, view(rows_->key()), view(rows_->value())));
            ATTUNE_TRY(events_, decode_block(body));
            sequence_ = sequence_in(view(rows_->key()));
            if (!events_.empty()) return {};
        }
        if (!rows_->status().ok())
            return error_of(rows_->status(), "cannot read a person's events");
        return {};
    }

    const TenantId tenant_;
    const PersonId person_;
    const Direction direction_;
    const std::string begin_;
    const std::string end_;
    const rocksdb::Slice lower_;
    const rocksdb::Slice upper_;
    std::unique_ptr<rocksdb::Iterator> rows_;
    std::vector<BlockEvent> events_;  // views into the iterator's row
    std::size_t at_ = 0;              // counted in the cursor's direction
    Sequence sequence_ = 0;
};

// Whose turn comes later.
struct Later {
    Direction direction;
    bool operator()(const LogCursor* a, const LogCursor* b) const {
        return direction == Direction::backward ? a->position() < b->position()
                                                : a->position() > b->position();
    }
};

Result<LoggedEvent> opened(const Sealer& sealer, TenantId tenant, PersonId person,
                           Position position, const BlockEvent& event) {
    const std::string record = event_record_name(position);
    ATTUNE_TRY(std::string payload, sealer.open({tenant, person, record}, event.sealed));
    return LoggedEvent{person, position, event.key, std::move(payload)};
}

// data_loss unless the block is what was committed, or gone with its person.
Result<void> check_block(const Database& database, Sequence sequence, const CommitEntry& entry,
                         std::string_view key, const std::optional<std::string>& body,
                         const rocksdb::Snapshot* snapshot) {
    const auto& [tenant, person] = entry.who;
    if (body && row_digest(Family::events, key, *body) == entry.block) return {};
    if (!body) {
        ATTUNE_TRY(const auto erased,
                   database.get_row(Family::erasures, tombstone_key(tenant, person), snapshot));
        if (erased && Reader(*erased).varint() > sequence) return {};
    }
    return fail(Code::data_loss,
                "the events of person " + person.to_text() + " in commit " +
                    std::to_string(sequence) +
                    (body ? " are not those that were committed" : " are missing"));
}

// One tenant's events of one commit, in their order.
class CommitEvents {
public:
    CommitEvents(TenantId tenant, Sequence sequence) : tenant_(tenant), sequence_(sequence) {}

    [[nodiscard]] Result<void> load(const Database& database, const Commit& commit,
                                    const Unerased& unerased, const rocksdb::Snapshot* snapshot) {
        std::vector<const CommitEntry*> entries;
        std::vector<std::string> keys;
        for (const CommitEntry& entry : commit.entries) {
            if (entry.who.tenant != tenant_ || unerased.covers(entry.who, sequence_)) continue;
            entries.push_back(&entry);
            keys.push_back(block_key(tenant_, entry.who.person, sequence_));
        }
        ATTUNE_TRY(bodies_, database.get_rows(Family::events, keys, snapshot));
        for (std::size_t i = 0; i < entries.size(); ++i) {
            ATTUNE_TRY_VOID(
                check_block(database, sequence_, *entries[i], keys[i], bodies_[i], snapshot));
            if (!bodies_[i]) continue;
            ATTUNE_TRY(const auto events, decode_block(*bodies_[i]));
            for (const BlockEvent& event : events)
                events_.emplace_back(entries[i]->who.person, event);
        }
        std::ranges::sort(events_, {}, [](const auto& event) { return event.second.index; });
        return {};
    }
    // False: the visitor has enough. Moves `seen` on to what it has taken.
    [[nodiscard]] Result<bool> visit(const Sealer& sealer, Position& seen, Position upto,
                                     const Store::Visit& visit) const {
        for (const auto& [person, event] : events_) {
            const Position position{sequence_, event.index};
            if (position <= seen) continue;
            if (position > upto) break;
            ATTUNE_TRY(const LoggedEvent logged, opened(sealer, tenant_, person, position, event));
            if (!visit(logged)) return false;
            seen = position;
        }
        seen = std::max(seen, std::min(upto, Position{sequence_, kLogEnd.index}));
        return true;
    }

private:
    const TenantId tenant_;
    const Sequence sequence_;
    std::vector<std::optional<std::string>> bodies_;  // which the events are views of
    std::vector<std::pair<PersonId, BlockEvent>> events_;
};

}  // namespace

Result<std::optional<FoundPerson>> find_root(const Database& database, TenantId tenant,
                                             PersonId person, const rocksdb::Snapshot* snapshot) {
    ATTUNE_TRY(auto body, database.get_row(Family::people, person_key(tenant, person), snapshot));
    if (!body) return std::nullopt;
    ATTUNE_TRY(PersonRow row, decode_person(*body));
    if (!row.redirect) return FoundPerson{person, std::move(row)};
    const PersonId root = *row.redirect;
    ATTUNE_TRY(body, database.get_row(Family::people, person_key(tenant, root), snapshot));
    if (!body) return std::nullopt;  // erased between the two reads
    ATTUNE_TRY(row, decode_person(*body));
    return FoundPerson{root, std::move(row)};
}

Result<std::optional<std::string>> read_block(const Database& database, Sequence sequence,
                                              const CommitEntry& entry,
                                              const rocksdb::Snapshot* snapshot) {
    const std::string key = block_key(entry.who.tenant, entry.who.person, sequence);
    ATTUNE_TRY(auto body, database.get_row(Family::events, key, snapshot));
    ATTUNE_TRY_VOID(check_block(database, sequence, entry, key, body, snapshot));
    return body;
}

Result<void> scan_person(const Database& database, const Sealer& sealer, TenantId tenant,
                         PersonId person, Position from, Direction direction,
                         const Store::Visit& visit) {
    const Snapshot snapshot(database);
    ATTUNE_TRY(const auto found, find_root(database, tenant, person, snapshot.get()));
    if (!found) return {};
    std::vector<PersonId> everyone = found->row.members;
    everyone.push_back(found->root);
    std::vector<std::unique_ptr<LogCursor>> cursors;
    std::priority_queue<LogCursor*, std::vector<LogCursor*>, Later> next(Later{direction});
    for (const PersonId& one : everyone) {
        ATTUNE_TRY(const Sequence first, unerased_before(database, {tenant, one}, snapshot.get()));
        auto cursor =
            std::make_unique<LogCursor>(database, snapshot, tenant, one, first, direction);
        ATTUNE_TRY_VOID(cursor->seek(from));
        if (cursor->is_at_end()) continue;
        next.push(cursor.get());
        cursors.push_back(std::move(cursor));
    }
    while (!next.empty()) {
        LogCursor* cursor = next.top();
        next.pop();
        ATTUNE_TRY(const LoggedEvent event,
                   opened(sealer, tenant, cursor->person(), cursor->position(), cursor->event()));
        if (!visit(event)) return {};
        ATTUNE_TRY_VOID(cursor->next());
        if (!cursor->is_at_end()) next.push(cursor);
    }
    return {};
}

Result<Position> scan_tenant(const Database& database, const Sealer& sealer, TenantId tenant,
                             Stretch stretch, const Store::Visit& visit) {
    // A snapshot that is held for long keeps what is erased meanwhile from being compacted away.
    constexpr int kCommitsPerSnapshot = 1'000;
    Position seen = stretch.after;
    Sequence from = seen.sequence;
    for (bool is_done = false; !is_done;) {
        const Snapshot snapshot(database);
        ATTUNE_TRY(const Unerased unerased, Unerased::load(database, snapshot.get()));
        int commits = 0;
        bool is_cut = false;
        auto visit_commit = [&](std::string_view key, std::string_view row) -> Result<bool> {
            const Sequence sequence = sequence_in(key);
            if (sequence > stretch.upto.sequence) return false;
            if (commits++ == kCommitsPerSnapshot) {
                from = sequence;
                is_cut = true;
                return false;
            }
            ATTUNE_TRY(const Commit commit, decode_commit(sequence, row));
            CommitEvents events(tenant, sequence);
            ATTUNE_TRY_VOID(events.load(database, commit, unerased, snapshot.get()));
            ATTUNE_TRY(const bool more, events.visit(sealer, seen, stretch.upto, visit));
            return more;
        };
        ATTUNE_TRY_VOID(
            database.walk(Family::commits, {}, commit_key(from), snapshot.get(), visit_commit));
        is_done = !is_cut;
    }
    return seen;
}

}  // namespace attune::store::rocks
