// Database: RocksDB with Attune's column families and settings, and its statuses as Results. Everything above it
// speaks in families, keys and rows. Thread-safe.
#pragma once

#include "base/result.h"
#include "store/rocksdb/records.h"

#include <rocksdb/db.h>
#include <rocksdb/env.h>

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace attune::store::rocks {

struct DatabaseOptions {
    std::string path;
    rocksdb::Env* env = nullptr;  // null: the default one
    bool create = false;          // a new directory, or one whose creation was cut short
    bool read_only = false;       // changes no byte; replays the log in memory
    std::size_t memory_bytes = 256u << 20;
    std::size_t write_buffer_bytes = 64u << 20;
    std::shared_ptr<rocksdb::EventListener> listener;
};

[[nodiscard]] std::unexpected<Error> error_of(const rocksdb::Status& status,
                                              std::string_view doing);

class Database {
public:
    [[nodiscard]] static Result<std::unique_ptr<Database>> open(const DatabaseOptions& options);
    ~Database();
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    [[nodiscard]] rocksdb::DB& db() const { return *db_; }
    [[nodiscard]] rocksdb::ColumnFamilyHandle* family(Family family) const {
        return handles_[static_cast<std::size_t>(family)];
    }

    [[nodiscard]] Result<std::optional<std::string>> get(
        Family family, std::string_view key, const rocksdb::Snapshot* snapshot = nullptr) const;
    // The body of a checksummed row.
    [[nodiscard]] Result<std::optional<std::string>> get_row(
        Family family, std::string_view key, const rocksdb::Snapshot* snapshot = nullptr) const;
    // The same of many at once, which costs less a row.
    [[nodiscard]] Result<std::vector<std::optional<std::string>>> get_rows(
        Family family, std::span<const std::string> keys, const rocksdb::Snapshot* snapshot) const;
    [[nodiscard]] Result<bool> has(Family family, std::string_view key) const;
    [[nodiscard]] Result<std::vector<bool>> have(Family family,
                                                 std::span<const std::string> keys) const;

    // Rows of a prefix from `from` on (which must not stand before it), until `visit` answers false.
    using VisitRow = std::function<Result<bool>(std::string_view key, std::string_view row)>;
    [[nodiscard]] Result<void> walk(Family family, std::string_view prefix, std::string_view from,
                                    const rocksdb::Snapshot* snapshot, const VisitRow& visit) const;

    // The last commit; a ledger of zeros when there is none.
    [[nodiscard]] Result<Ledger> last_ledger() const;
    [[nodiscard]] std::uint64_t bytes_on_disk() const;

private:
    Database() = default;

    std::shared_ptr<rocksdb::WalFilter> filter_;  // outlives the database, which points at it
    std::unique_ptr<rocksdb::DB> db_;
    std::array<rocksdb::ColumnFamilyHandle*, kFamilies> handles_{};
};

// A snapshot that lets go of itself.
class Snapshot {
public:
    explicit Snapshot(const Database& database)
        : database_(database), snapshot_(database.db().GetSnapshot()) {}
    ~Snapshot() { database_.db().ReleaseSnapshot(snapshot_); }
    Snapshot(const Snapshot&) = delete;
    Snapshot& operator=(const Snapshot&) = delete;
    [[nodiscard]] const rocksdb::Snapshot* get() const { return snapshot_; }

private:
    const Database& database_;
    const rocksdb::Snapshot* const snapshot_;
};

[[nodiscard]] inline rocksdb::Slice slice(std::string_view bytes) {
    return {bytes.data(), bytes.size()};
}
[[nodiscard]] inline std::string_view view(const rocksdb::Slice& bytes) {
    return {bytes.data(), bytes.size()};
}
// The first key after all keys of a prefix; empty when there is none.
[[nodiscard]] std::string end_of(std::string_view prefix);

}  // namespace attune::store::rocks
