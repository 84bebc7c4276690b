// Eraser: deletes in slices what erasures left behind, one slice of each person in turn, so that a short history does not wait
// for a long one and no other write for either. What is owed stands in the database and is taken up again after a restart.
//
// Thread-safe.
#pragma once

#include "base/mutex.h"
#include "base/ticket.h"
#include "store/rocksdb/commit_queue.h"
#include "store/rocksdb/database.h"
#include "store/rocksdb/unerased.h"

#include <functional>
#include <span>
#include <thread>
#include <vector>

namespace attune::store::rocks {

class Eraser {
public:
    using Commit = std::function<Result<void>(Work)>;  // answers once it is durable

    // `finished` is called, from a thread of its own, whenever the rows of a person are gone. Takes up what an earlier process
    // left. The database outlives it.
    Eraser(const Database& database, Commit commit, std::function<void()> finished);
    // After the slice it is at.
    ~Eraser();

    // Completes when nothing of these people is left to delete. After an error it is tried again all the same.
    [[nodiscard]] base::Ticket finish(TenantId tenant, std::span<const PersonId> people);

private:
    struct Owed {
        PersonName who;
        SliceStart from{};
        std::vector<base::TicketIssuer> waiting{};
    };

    void run();
    [[nodiscard]] bool take_news();  // false: stop
    void owe(Owed owed);
    void round();
    // Deletes a slice; true when that was the last of it.
    [[nodiscard]] Result<bool> step(Owed& owed);

    const Database& database_;
    const Commit commit_;
    const std::function<void()> finished_;

    // Owned by the thread.
    std::vector<Owed> owed_;
    bool must_look_ = true;  // for what the database says is owed
    bool must_rest_ = false;

    base::Mutex mutex_;
    base::CondVar changed_;
    std::vector<Owed> news_ ATTUNE_GUARDED_BY(mutex_);
    bool stop_ ATTUNE_GUARDED_BY(mutex_) = false;

    std::thread thread_;  // last: it uses all of the above
};

}  // namespace attune::store::rocks
