// Compactor: a deleted row stays in old tables until they are rewritten. After an erasure this one flushes the write
// buffers (and so the log) and rewrites the tables that held the person, down to the bottom. What it still owes
// is noted in the database and taken up again after a restart. It waits while the disk is low.
//
// Thread-safe.
#pragma once

#include "base/mutex.h"
#include "store/rocksdb/database.h"
#include "store/rocksdb/disk_space.h"

#include <atomic>
#include <thread>
#include <vector>

namespace attune::store::rocks {

class Compactor {
public:
    // Both outlive it. Takes up what an earlier process left.
    Compactor(Database& database, const DiskSpace& disk);
    // Interrupts what it is at.
    ~Compactor();

    // Looks for erasures that were committed since.
    void wake();
    // Blocks until nothing is owed; for tests and for `attune erase --wait`.
    void wait_until_idle();

private:
    void run();
    [[nodiscard]] bool compact_pass();  // false: something is left, try again later
    [[nodiscard]] Result<void> compact(const std::vector<PersonName>& people);
    [[nodiscard]] Result<void> compact_range(Family family, std::string_view begin,
                                             std::string_view end);

    Database& database_;
    const DiskSpace& disk_;
    std::atomic<bool> stop_ = false;

    base::Mutex mutex_;
    base::CondVar changed_;
    bool has_work_ ATTUNE_GUARDED_BY(mutex_) = true;
    bool is_busy_ ATTUNE_GUARDED_BY(mutex_) = false;

    std::thread thread_;  // last: it uses all of the above
};

}  // namespace attune::store::rocks
