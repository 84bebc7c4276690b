// The RocksDB backend: one process, one directory, nothing acknowledged that is not on disk.
//
//     auto store = store::open_rocksdb({.directory = "/var/lib/attune/store"});
//     if (!store) …                        // data_loss: something acknowledged is missing; it says what
//     (*store)->append(…)->wait();         // fsynced, and the mark of it too
//
// The directory holds `db/` (RocksDB), `MARK` (the last acknowledged commit, kept apart) and `LOCK`. An open that
// refuses has changed nothing. docs/formats/rocksdb.md shows the bytes.
//
// Threads: appends wait in one bounded queue; a commit thread writes them in groups, one batch and one sync each; a
// second thread writes the mark and completes the tickets while the next group is being written.
#pragma once

#include "base/random.h"
#include "base/time.h"
#include "store/store.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace attune::store {

enum class Durability : std::uint8_t {
    fsync,  // a ticket completes when its events are on the disk
    batch,  // … when they are with the operating system; a power cut may cost the last batch_window_ms
    none,  // never synced but by flush() and closing; a power cut may cost anything since
};

struct RocksOptions {
    std::string directory;
    std::shared_ptr<Sealer> sealer;      // null: NullSealer
    const base::Clock* clock = nullptr;  // null: the system's; outlives the store
    base::Random* random = nullptr;      // null: the system's; outlives the store

    Durability durability = Durability::fsync;
    std::uint32_t batch_window_ms = 50;

    std::size_t queue_events_max = 100'000;
    std::size_t queue_bytes_max = 64u << 20;
    std::size_t group_bytes_max = 8u << 20;  // one commit's

    // Below this many free bytes writes are refused. Empty: 256 MiB, but at most a twentieth of the file system, and
    // never less than 16 MiB. Write buffers are cut to an eighth of it, so that what is in memory still fits.
    std::optional<std::uint64_t> disk_reserve_bytes;
    // Free bytes of the file system that holds the directory; tests put their own.
    std::function<std::uint64_t()> free_bytes;

    // All of the store's memory: write buffers (a quarter, at most 64 MiB), a thirty-second for who is known, the rest
    // caches blocks, indexes and filters.
    std::size_t memory_bytes = 256u << 20;

    // Told what makes opening take long, as it begins. Null: nobody is.
    std::function<void(std::string_view)> on_delay;

    // Called once, from a thread of the store's, when a sync failed: what was acknowledged is safe, what was not is
    // unknown, and only recovery can tell. Null: writes one line to stderr and ends the process with status 70.
    std::function<void(const Error&)> on_fatal;
};

// data_loss: something acknowledged is missing or damaged; run restore. failed_precondition: in use, or written by a
// newer version. An older format is brought up to date.
[[nodiscard]] Result<std::unique_ptr<Store>> open_rocksdb(RocksOptions options);

// Makes a new data directory out of a backup: the newest, or the one of that number. `into_directory` must be empty or
// not exist. People who were erased since are erased again: the backup directory's newest list of erasures counts.
// Answers what the result holds; check its problems.
[[nodiscard]] Result<VerifyReport> restore(const std::string& backup_directory,
                                           std::optional<std::uint64_t> number,
                                           const std::string& into_directory);

// Reads everything in a directory that no process has open, and changes nothing. Damage is in `problems`; an error
// means that it could not look.
[[nodiscard]] Result<VerifyReport> verify_directory(const std::string& directory);

// Reads every byte of every backup in the directory.
[[nodiscard]] Result<VerifyReport> verify_backup(const std::string& backup_directory);

struct BackupInfo {
    std::uint64_t number = 0;
    base::Time made_at;
    Sequence last_sequence = 0;
    std::uint64_t events = 0;
    std::uint64_t bytes = 0;
};
// Oldest first.
[[nodiscard]] Result<std::vector<BackupInfo>> list_backups(const std::string& backup_directory);
// Keeps the newest `keep` (at least 1) backups and the files they need.
[[nodiscard]] Result<void> prune_backups(const std::string& backup_directory, std::size_t keep);

}  // namespace attune::store
