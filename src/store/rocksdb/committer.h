// Committer: the one writer. Its thread takes what waits, makes a group of it, writes it as one batch with at most
// one sync, and hands it to the finisher. While one sync runs the next group gathers: that is group commit, and the
// busier the store, the fewer syncs an event costs.
//
// Thread-safe.
#pragma once

#include "base/time.h"
#include "store/rocksdb/commit_queue.h"
#include "store/rocksdb/disk_space.h"
#include "store/rocksdb/finisher.h"
#include "store/rocksdb/known_people.h"
#include "store/rocksdb/people_counts.h"
#include "store/rocksdb/recent_events.h"

#include <atomic>
#include <functional>
#include <thread>

namespace attune::store::rocks {

class Committer {
public:
    struct Options {
        Durability durability = Durability::fsync;
        std::size_t group_bytes_max = 8u << 20;
        std::size_t known_people_bytes = 8u << 20;
        std::function<void(const Error&)> failed;  // once; from the commit thread
    };

    // All arguments outlive the committer. `ledger` is the last commit's, and so are the people.
    Committer(Database& database, const Sealer& sealer, const base::Clock& clock,
              const DiskSpace& disk, CommitQueue& queue, RecentEvents& recent, Finisher& finisher,
              Ledger ledger, PeopleCounts people, Options options);
    // The queue must be closed: commits what is still in it.
    ~Committer();

    [[nodiscard]] Ledger ledger() const;
    [[nodiscard]] Sequence last_committed() const { return last_committed_.load(); }
    [[nodiscard]] std::uint64_t commits() const { return commits_.load(); }
    // Held while a commit drops checkpoints, so that none slips in behind it.
    [[nodiscard]] base::Mutex& checkpoint_gate() { return checkpoint_gate_; }

private:
    void run();
    void commit(std::vector<Work> works);
    [[nodiscard]] Result<void> apply(Group& group, Work& work, bool disk_is_low);
    [[nodiscard]] Result<void> write(Group& group, bool sync);
    void give_up(const Error& error);

    Database& database_;
    const Sealer& sealer_;
    const base::Clock& clock_;
    const DiskSpace& disk_;
    CommitQueue& queue_;
    RecentEvents& recent_;
    Finisher& finisher_;
    const Options options_;

    // Owned by the commit thread.
    KnownPeople known_;
    PeopleCounts people_;
    std::optional<Error> failure_;

    std::atomic<Sequence> last_committed_;
    std::atomic<std::uint64_t> commits_ = 0;
    base::Mutex checkpoint_gate_;
    mutable base::Mutex ledger_mutex_;
    Ledger ledger_ ATTUNE_GUARDED_BY(ledger_mutex_);

    std::thread thread_;  // last: it uses all of the above
};

}  // namespace attune::store::rocks
