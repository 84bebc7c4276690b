#include "store/rocksdb/database.h"

#include <rocksdb/cache.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/table.h>
#include <rocksdb/wal_filter.h>
#include <rocksdb/write_buffer_manager.h>

#include <algorithm>

namespace attune::store::rocks {
namespace {

constexpr std::size_t kTenantBytes = 4;
constexpr std::size_t kPersonBytes = kTenantBytes + 16;

// A log that holds a stretch twice passes every checksum, and replaying it ends in an assertion of Debian's RocksDB.
// Each record states its number: they must rise.
class RisingLog final : public rocksdb::WalFilter {
public:
    const char* Name() const override { return "attune.rising-log"; }
    WalProcessingOption LogRecordFound(unsigned long long, const std::string&,
                                       const rocksdb::WriteBatch& batch, rocksdb::WriteBatch*,
                                       bool*) override {
        // The first eight bytes of a batch are its number, little-endian.
        const std::string& bytes = batch.Data();
        std::uint64_t number = 0;
        for (std::size_t i = 8; i > 0 && bytes.size() >= 8; --i)
            number = number << 8 | static_cast<std::uint8_t>(bytes[i - 1]);
        if (number < next_) return WalProcessingOption::kCorruptedRecord;
        next_ = number + static_cast<std::uint64_t>(batch.Count());
        return WalProcessingOption::kContinueProcessing;
    }

private:
    std::uint64_t next_ = 0;
};

// What matters of it comes back as a status. Its log file is one more that can fail: Debian's build ends the process by an
// assertion when it is written to again after an error.
class NoLog final : public rocksdb::Logger {
public:
    using rocksdb::Logger::Logv;
    void Logv(const char*, va_list) override {}
};

rocksdb::DBOptions database_options(const DatabaseOptions& options,
                                    const std::shared_ptr<rocksdb::Cache>& cache,
                                    rocksdb::WalFilter* filter) {
    rocksdb::DBOptions db;
    if (options.env != nullptr) db.env = options.env;
    db.create_if_missing = options.create;
    db.create_missing_column_families = options.create;
    db.paranoid_checks = true;
    // A torn tail is where the process died; anything else that is missing shows against the mark.
    db.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
    db.track_and_verify_wals_in_manifest = true;
    db.verify_sst_unique_id_in_manifest = true;
    db.max_open_files = -1;  // every table is opened, and so checked, at once
    db.max_background_jobs = 2;
    db.max_total_wal_size = options.write_buffer_bytes * 2;
    db.write_buffer_manager =
        std::make_shared<rocksdb::WriteBufferManager>(options.write_buffer_bytes, cache);
    // One writer: the bookkeeping for concurrent inserts costs and gains nothing.
    db.allow_concurrent_memtable_write = false;
    db.bytes_per_sync = 1u << 20;
    db.info_log = std::make_shared<NoLog>();
    db.max_manifest_file_size = 16u << 20;
    db.stats_dump_period_sec = 0;
    db.stats_persist_period_sec = 0;
    db.wal_filter = filter;
    if (options.listener) db.listeners.push_back(options.listener);
    return db;
}

rocksdb::ColumnFamilyOptions family_options(Family family, const DatabaseOptions& options,
                                            const std::shared_ptr<rocksdb::Cache>& cache) {
    rocksdb::ColumnFamilyOptions cf;
    const bool large =
        family == Family::events || family == Family::ids || family == Family::commits;
    cf.write_buffer_size = options.write_buffer_bytes;
    // Memory is counted by arena blocks: ten families of large ones would fill a small budget with air, and a full
    // budget means a flush.
    cf.arena_block_size =
        std::max<std::size_t>(options.write_buffer_bytes / (large ? 64 : 512), 4u << 10);
    cf.max_write_buffer_number = 4;
    cf.target_file_size_base =
        std::clamp<std::uint64_t>(options.write_buffer_bytes, 1u << 20, 64u << 20);
    cf.max_bytes_for_level_base = 4 * cf.target_file_size_base;
    cf.max_compaction_bytes = 8 * cf.target_file_size_base;
    cf.level_compaction_dynamic_level_bytes = true;
    cf.compression = rocksdb::kLZ4Compression;
    // What was written last is soon written again, further down: it is not worth being compressed, and eight tables are merged
    // at the price of four.
    cf.compression_per_level = {rocksdb::kNoCompression, rocksdb::kLZ4Compression};
    cf.level0_file_num_compaction_trigger = 8;
    cf.paranoid_file_checks = false;

    rocksdb::BlockBasedTableOptions table;
    table.block_cache = cache;
    table.block_size = family == Family::events ? 16u << 10 : 4u << 10;
    table.format_version = 5;
    table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
    table.cache_index_and_filter_blocks = true;
    table.pin_l0_filter_and_index_blocks_in_cache = true;
    if (family == Family::ids) {
        // Nearly every look-up is for an event that was not there before: the memtable gets a filter as well.
        cf.memtable_prefix_bloom_size_ratio = 0.05;
        cf.memtable_whole_key_filtering = true;
        cf.compression_per_level = {rocksdb::kNoCompression};  // keyed hashes do not compress
    }
    if (family == Family::events || family == Family::ids) {
        // A group's rows go in sorted: each insert begins its search where the one before it ended.
        cf.memtable_insert_with_hint_prefix_extractor.reset(
            rocksdb::NewFixedPrefixTransform(kTenantBytes));
    }
    if (family == Family::events) {
        // A person's scan skips the tables that hold nothing of that person.
        cf.prefix_extractor.reset(rocksdb::NewFixedPrefixTransform(kPersonBytes));
        table.whole_key_filtering = true;
    }
    cf.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
    return cf;
}

}  // namespace

std::unexpected<Error> error_of(const rocksdb::Status& status, std::string_view doing) {
    const std::string message = std::string(doing) + ": " + status.ToString();
    if (status.IsCorruption()) return fail(Code::data_loss, message);
    if (status.IsNoSpace()) return fail(Code::resource_exhausted, message, "disk_full");
    if (status.IsInvalidArgument()) return fail(Code::data_loss, message);
    if (status.IsIOError() || status.IsBusy() || status.IsTryAgain())
        return fail(status.IsPathNotFound() ? Code::data_loss : Code::unavailable, message);
    return fail(Code::internal, message);
}

std::string end_of(std::string_view prefix) {
    std::string end(prefix);
    while (!end.empty()) {
        if (static_cast<std::uint8_t>(end.back()) != 0xFF) {
            end.back() = static_cast<char>(end.back() + 1);
            return end;
        }
        end.pop_back();
    }
    return end;
}

Result<std::unique_ptr<Database>> Database::open(const DatabaseOptions& options) {
    const std::size_t cache_bytes = std::max<std::size_t>(
        options.memory_bytes - std::min(options.memory_bytes, options.write_buffer_bytes),
        1u << 20);
    const auto cache = rocksdb::NewLRUCache(cache_bytes);
    const std::shared_ptr<rocksdb::WalFilter> filter = std::make_shared<RisingLog>();
    const rocksdb::DBOptions db_options = database_options(options, cache, filter.get());
    std::vector<rocksdb::ColumnFamilyDescriptor> families;
    for (std::size_t i = 0; i < kFamilies; ++i) {
        const auto family = static_cast<Family>(i);
        families.emplace_back(name_of(family), family_options(family, options, cache));
    }
    std::vector<rocksdb::ColumnFamilyHandle*> handles;
    rocksdb::DB* db = nullptr;
    const rocksdb::Status status =
        options.read_only
            ? rocksdb::DB::OpenForReadOnly(db_options, options.path, families, &handles, &db)
            : rocksdb::DB::Open(db_options, options.path, families, &handles, &db);
    if (!status.ok()) return error_of(status, "cannot open the database in '" + options.path + "'");
    std::unique_ptr<Database> database(new Database);
    database->filter_ = filter;
    database->db_.reset(db);
    std::ranges::copy(handles, database->handles_.begin());
    return database;
}

Database::~Database() {
    if (!db_) return;
    for (auto* handle : handles_) (void)db_->DestroyColumnFamilyHandle(handle);
    (void)db_->Close();
}

Result<std::optional<std::string>> Database::get(Family of, std::string_view key,
                                                 const rocksdb::Snapshot* snapshot) const {
    rocksdb::ReadOptions options;
    options.snapshot = snapshot;
    std::string value;
    const rocksdb::Status status = db_->Get(options, family(of), slice(key), &value);
    if (status.IsNotFound()) return std::nullopt;
    if (!status.ok())
        return error_of(status, std::string("cannot read a row of '") + name_of(of) + "'");
    return value;
}

Result<std::optional<std::string>> Database::get_row(Family of, std::string_view key,
                                                     const rocksdb::Snapshot* snapshot) const {
    ATTUNE_TRY(auto row, get(of, key, snapshot));
    if (!row) return std::nullopt;
    ATTUNE_TRY(const std::string_view body, open_row(of, key, *row));
    row->resize(body.size());
    return row;
}

Result<std::vector<std::optional<std::string>>> Database::get_rows(
    Family of, std::span<const std::string> keys, const rocksdb::Snapshot* snapshot) const {
    std::vector<std::optional<std::string>> rows(keys.size());
    if (keys.size() == 1) {
        ATTUNE_TRY(rows[0], get_row(of, keys[0], snapshot));
        return rows;
    }
    rocksdb::ReadOptions options;
    options.snapshot = snapshot;
    const std::vector<rocksdb::Slice> slices(keys.begin(), keys.end());
    std::vector<rocksdb::PinnableSlice> values(keys.size());
    std::vector<rocksdb::Status> statuses(keys.size());
    db_->MultiGet(options, family(of), keys.size(), slices.data(), values.data(), statuses.data());
    for (std::size_t i = 0; i < keys.size(); ++i) {
        if (statuses[i].IsNotFound()) continue;
        if (!statuses[i].ok())
            return error_of(statuses[i], std::string("cannot read a row of '") + name_of(of) + "'");
        ATTUNE_TRY(const std::string_view body, open_row(of, keys[i], view(values[i])));
        rows[i].emplace(body);
    }
    return rows;
}

Result<bool> Database::has(Family of, std::string_view key) const {
    rocksdb::PinnableSlice value;
    const rocksdb::Status status = db_->Get({}, family(of), slice(key), &value);
    if (status.ok()) return true;
    if (status.IsNotFound()) return false;
    return error_of(status, std::string("cannot read a row of '") + name_of(of) + "'");
}

Result<std::vector<bool>> Database::have(Family of, std::span<const std::string> keys) const {
    std::vector<bool> present(keys.size());
    if (keys.size() == 1) {
        ATTUNE_TRY(present[0], has(of, keys[0]));
        return present;
    }
    std::vector<rocksdb::Slice> slices(keys.begin(), keys.end());
    std::vector<rocksdb::PinnableSlice> values(keys.size());
    std::vector<rocksdb::Status> statuses(keys.size());
    db_->MultiGet({}, family(of), keys.size(), slices.data(), values.data(), statuses.data());
    for (std::size_t i = 0; i < keys.size(); ++i) {
        present[i] = statuses[i].ok();
        if (!statuses[i].ok() && !statuses[i].IsNotFound())
            return error_of(statuses[i], std::string("cannot read a row of '") + name_of(of) + "'");
    }
    return present;
}

Result<void> Database::walk(Family of, std::string_view prefix, std::string_view from,
                            const rocksdb::Snapshot* snapshot, const VisitRow& visit) const {
    rocksdb::ReadOptions options;
    options.snapshot = snapshot;
    const std::string end = end_of(prefix);
    const rocksdb::Slice bound = slice(end);
    if (!end.empty()) options.iterate_upper_bound = &bound;
    // With an extractor, an ordinary seek sees one prefix only.
    options.total_order_seek = prefix.size() < kPersonBytes;
    const std::unique_ptr<rocksdb::Iterator> at(db_->NewIterator(options, family(of)));
    for (at->Seek(slice(from)); at->Valid(); at->Next()) {
        ATTUNE_TRY(const bool more, visit(view(at->key()), view(at->value())));
        if (!more) return {};
    }
    if (!at->status().ok())
        return error_of(at->status(), std::string("cannot walk the rows of '") + name_of(of) + "'");
    return {};
}

Result<Ledger> Database::last_ledger() const {
    const std::unique_ptr<rocksdb::Iterator> at(db_->NewIterator({}, family(Family::commits)));
    at->SeekToLast();
    if (!at->Valid()) {
        if (!at->status().ok()) return error_of(at->status(), "cannot read the last commit");
        return Ledger{};
    }
    ATTUNE_TRY(Commit commit, decode_commit(sequence_in(view(at->key())), view(at->value())));
    return commit.ledger;
}

std::uint64_t Database::bytes_on_disk() const {
    std::uint64_t tables = 0;
    std::uint64_t memory = 0;
    (void)db_->GetAggregatedIntProperty("rocksdb.total-sst-files-size", &tables);
    (void)db_->GetAggregatedIntProperty("rocksdb.cur-size-all-mem-tables", &memory);
    return tables + memory;  // the log holds what the write buffers hold
}

}  // namespace attune::store::rocks
