// Backups: copies of a store that is being used. Each runs on a thread of its own while everything else goes on, one at a
// time; later ones into the same directory share what did not change.
//
//     auto started = backups.start({});                 // into the configured directory
//     if (started) started->ticket.wait();              // or come back later and ask
//     backups.status().last_error                       // why the last one failed, if it did
//
// Directories are the configured one or lie below it, so that whoever may ask for a backup cannot write elsewhere.
// Thread-safe.
#pragma once

#include "base/mutex.h"
#include "base/result.h"
#include "base/ticket.h"
#include "store/rocksdb/rocksdb_store.h"
#include "store/store.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace attune::engine {

class Backups {
public:
    // `store` outlives it. An empty `root`: no backups here.
    Backups(store::Store& store, std::string root);
    // Waits for the one that runs.
    ~Backups();
    Backups(const Backups&) = delete;
    Backups& operator=(const Backups&) = delete;

    struct Started {
        std::string directory;
        base::Ticket ticket;
    };
    // `directory` may be relative to the configured one; left out, it is that one. failed_precondition: none is
    // configured, or one is being made ("backup_running"). invalid_argument: it lies elsewhere.
    [[nodiscard]] Result<Started> start(std::optional<std::string_view> directory);

    struct Status {
        bool running = false;
        std::optional<std::uint64_t> last_number;  // of the last one that this process finished
        std::optional<std::string> last_error;     // of the last one, when it failed
    };
    [[nodiscard]] Status status() const;
    // Oldest first; empty when there are none yet.
    [[nodiscard]] Result<std::vector<store::BackupInfo>> list(
        std::optional<std::string_view> directory) const;

private:
    [[nodiscard]] Result<std::string> resolve(std::optional<std::string_view> directory) const;
    void run(const std::string& directory, base::TicketIssuer issuer);

    store::Store& store_;
    const std::string root_;
    mutable base::Mutex mutex_;
    Status status_ ATTUNE_GUARDED_BY(mutex_);
    std::thread thread_ ATTUNE_GUARDED_BY(mutex_);
};

}  // namespace attune::engine
