// Finisher: the second half of a commit. While the commit thread writes the next group, this one makes the last
// ones durable (where the durability leaves that to it), writes the mark, and then, and only then, completes their
// tickets in commit order and wakes subscribers. One mark covers every commit that came in meanwhile.
//
// hand_over() is called by the commit thread; the rest is thread-safe.
#pragma once

#include "base/mutex.h"
#include "base/ticket.h"
#include "store/rocksdb/database.h"
#include "store/rocksdb/mark_file.h"
#include "store/rocksdb/rocksdb_store.h"

#include <atomic>
#include <chrono>
#include <deque>
#include <functional>
#include <thread>
#include <vector>

namespace attune::store::rocks {

// A group after its write.
struct Written {
    struct Outcome {
        base::TicketIssuer issuer;
        Result<void> result;
    };
    Ledger ledger;          // that holds after it
    bool is_commit = true;  // false: nothing of it needed writing
    bool is_synced = false;
    bool must_sync = false;  // somebody in it waits for the disk, whatever the durability
    std::vector<Outcome> outcomes;
};

class Finisher {
public:
    struct Options {
        Durability durability = Durability::fsync;
        std::chrono::milliseconds window{50};
        std::string database_path;
        // A sync failed; both are called once, from the finisher's thread: before anybody is told, so that nothing more is
        // taken from who was, and after.
        std::function<void(const Error&)> failing;
        std::function<void(const Error&)> failed;
    };

    Finisher(Database& database, MarkFile& mark, Options options);
    // Finishes what was handed over, syncs and marks it as verified.
    ~Finisher();

    // Waits while several groups are unfinished: then the disk is slow, and the queue shall fill.
    void hand_over(Written written);
    [[nodiscard]] std::shared_ptr<void> subscribe(std::function<void(Sequence)> wake);

    // Commits up to here need no checking when the store is opened again.
    void note_verified(Sequence sequence) { verified_.store(sequence); }
    // Tables came or went: the mark notes the MANIFEST soon, also when nothing is being written.
    void note_tables_changed();
    [[nodiscard]] Sequence durable() const { return durable_.load(); }
    [[nodiscard]] Mark mark() const;
    [[nodiscard]] std::uint64_t syncs() const { return syncs_.load(); }
    void count_sync() { ++syncs_; }

private:
    using Wake = std::function<void(Sequence)>;
    using Steady = std::chrono::steady_clock;

    void run();
    [[nodiscard]] std::vector<Written> wait_for_work(bool& stop);
    void finish(std::vector<Written> batch, bool stop);
    [[nodiscard]] Result<void> write_mark(Mark mark);
    [[nodiscard]] Result<void> make_durable(const Ledger& ledger, bool is_synced);
    void complete(std::vector<Written>& batch, const Result<void>& durable);
    void wake_subscribers(Sequence sequence);

    Database& database_;
    MarkFile& mark_;
    const Options options_;

    std::atomic<Sequence> verified_;
    std::atomic<Sequence> durable_;
    std::atomic<std::uint64_t> syncs_ = 0;

    // Owned by the finisher's thread.
    Ledger newest_;
    std::optional<Steady::time_point> sync_due_;
    bool manifest_is_old_ = false;  // the mark's
    std::optional<Error> failure_;

    mutable base::Mutex mutex_;
    base::CondVar changed_;
    std::deque<Written> handed_over_ ATTUNE_GUARDED_BY(mutex_);
    std::vector<std::weak_ptr<Wake>> subscribers_ ATTUNE_GUARDED_BY(mutex_);
    Mark marked_ ATTUNE_GUARDED_BY(mutex_);
    bool tables_changed_ ATTUNE_GUARDED_BY(mutex_) = false;
    bool stop_ ATTUNE_GUARDED_BY(mutex_) = false;

    std::thread thread_;  // last: it uses all of the above
};

}  // namespace attune::store::rocks
