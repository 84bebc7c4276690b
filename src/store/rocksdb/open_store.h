// Opening a directory: first a look that changes nothing (mark, last commit, the chain's unverified end), and only
// when everything acknowledged is there, the database for real.
#pragma once

#include "store/rocksdb/compactor.h"
#include "store/rocksdb/database.h"
#include "store/rocksdb/mark_file.h"
#include "store/rocksdb/people_counts.h"
#include "store/rocksdb/rocksdb_store.h"

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace attune::store::rocks {

[[nodiscard]] inline std::string mark_path(const std::string& directory) {
    return directory + "/MARK";
}
[[nodiscard]] inline std::string database_path(const std::string& directory) {
    return directory + "/db";
}

// What tests put in the place of the machine's.
struct Injected {
    rocksdb::Env* env = nullptr;
    MarkFile::Sync mark_sync;
};
[[nodiscard]] Result<std::unique_ptr<Store>> open_store(RocksOptions options, Injected injected);

// An open directory's parts.
struct OpenDirectory {
    std::shared_ptr<void> lock;
    std::unique_ptr<MarkFile> mark;
    std::unique_ptr<Database> database;
    Ledger ledger;
    PeopleCounts people;
};
struct OpenSettings {
    std::size_t memory_bytes = 256u << 20;
    std::size_t write_buffer_bytes = 64u << 20;
    std::shared_ptr<rocksdb::EventListener> listener;
    std::function<void(std::string_view)> on_delay;
};
[[nodiscard]] Result<OpenDirectory> open_directory(const std::string& directory,
                                                   base::Random& random,
                                                   const OpenSettings& settings,
                                                   const Injected& injected);
// Changes nothing. The caller holds the directory's lock.
[[nodiscard]] Result<VerifyReport> inspect_directory(const std::string& directory);

}  // namespace attune::store::rocks
