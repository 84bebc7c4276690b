// MemoryStore: the Store contract over ordinary containers, gone with the process. For tests, and
// the yardstick that other backends are held against: it is written to be obviously right.
//
//     auto store = store::open_memory({});
//     store->hold();                   // appends wait in the queue …
//     auto ticket = store->append(…);  // … so that a test sees what the engine does meanwhile
//     store->release();                // committed, ticket completed
//
// Thread-safe. Without hold() an append is committed when append() returns, and its ticket
// completes then or, when another thread is completing tickets at that moment, shortly after.
#pragma once

#include "store/store.h"

#include <memory>

namespace attune::store {

struct MemoryOptions {
    std::shared_ptr<Sealer> sealer;  // null: NullSealer
    std::size_t queue_events_max = 100'000;
    std::size_t queue_bytes_max = 64u << 20;
};

class MemoryStore : public Store {
public:
    // Appends wait in the queue until release().
    virtual void hold() = 0;
    virtual void release() = 0;
    // Answers appends and documents as at the disk reserve.
    virtual void set_disk_full(bool full) = 0;
    // The queue's appends and all later ones fail as after a failed sync.
    virtual void fail_syncs() = 0;
};

[[nodiscard]] std::unique_ptr<MemoryStore> open_memory(MemoryOptions options);

}  // namespace attune::store
