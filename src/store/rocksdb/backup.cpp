#include "store/rocksdb/backup.h"

#include "store/rocksdb/backup_files.h"
#include "store/rocksdb/codec.h"
#include "store/rocksdb/files.h"
#include "store/rocksdb/open_store.h"

#include <rocksdb/utilities/checkpoint.h>

#include <filesystem>
#include <map>
#include <set>

namespace attune::store::rocks {
namespace fs = std::filesystem;
namespace {

constexpr std::string_view kErasures = "erasures";

struct Erasure {
    PersonName who;
    Sequence sequence = 0;
};

Result<std::string> list_erasures(const Database& database) {
    std::string list;
    auto note = [&](std::string_view key, std::string_view row) -> Result<bool> {
        ATTUNE_TRY(const auto body, open_row(Family::erasures, key, row));
        const PersonName who = person_in(key);
        Writer(list).u32(who.tenant.value).id(who.person).u64(Reader(body).varint());
        return true;
    };
    ATTUNE_TRY_VOID(database.walk(Family::erasures, "t", "t", nullptr, note));
    return list;
}

Result<std::vector<Erasure>> read_erasures(const std::string& directory,
                                           const BackupManifest& manifest) {
    std::vector<Erasure> erasures;
    for (const BackupFile& file : manifest.files) {
        if (file.name != kErasures) continue;
        ATTUNE_TRY(const std::string list, read_blob(directory, file));
        for (Reader reader(list); !reader.rest().empty();) {
            Erasure erasure;
            erasure.who.tenant.value = reader.u32();
            erasure.who.person = reader.id();
            erasure.sequence = reader.u64();
            if (!reader.ok())
                return fail(Code::data_loss, "the backup's list of erasures is damaged");
            erasures.push_back(erasure);
        }
    }
    return erasures;
}

// Removed however the backup ends.
class Scratch {
public:
    explicit Scratch(std::string path) : path_(std::move(path)) { clear(); }
    ~Scratch() { clear(); }
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    [[nodiscard]] const std::string& path() const { return path_; }

private:
    void clear() {
        std::error_code ignored;
        fs::remove_all(path_, ignored);
    }
    const std::string path_;
};

// The tables of the backup before, which need no second copy. File numbers name the same bytes only within one
// incarnation of one store.
std::map<std::string, BackupFile> shared_tables(const std::string& directory,
                                                const std::vector<std::uint64_t>& numbers,
                                                const Mark& mark) {
    std::map<std::string, BackupFile> tables;
    if (numbers.empty()) return tables;
    const auto previous = read_manifest(directory, numbers.back());
    if (!previous || previous->mark.store != mark.store ||
        previous->mark.incarnation != mark.incarnation)
        return tables;
    for (const BackupFile& file : previous->files)
        if (file.name.ends_with(".sst") && has_blob(directory, file)) tables[file.name] = file;
    return tables;
}

Result<void> copy_checkpoint(const std::string& from, const std::string& directory,
                             const std::map<std::string, BackupFile>& shared,
                             BackupManifest& manifest) {
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(from, error)) {
        const std::string name = "db/" + entry.path().filename().string();
        const auto at = shared.find(name);
        if (at != shared.end() && at->second.bytes == entry.file_size()) {
            manifest.files.push_back(at->second);
            continue;
        }
        ATTUNE_TRY(BackupFile file, store_blob(directory, entry.path().string()));
        file.name = name;
        manifest.files.push_back(std::move(file));
    }
    if (error) return file_error("read", from, error.value());
    return {};
}

Result<void> copy_out(const std::string& directory, const BackupManifest& manifest,
                      const std::string& into) {
    ATTUNE_TRY_VOID(make_directory(database_path(into)));
    for (const BackupFile& file : manifest.files) {
        if (file.name == kErasures) continue;
        ATTUNE_TRY_VOID(restore_blob(directory, file, into + "/" + file.name));
    }
    ATTUNE_TRY_VOID(sync_directory(database_path(into)));
    Mark mark = manifest.mark;
    base::SystemRandom random;
    mark.incarnation = random.id();
    mark.verified = 0;  // the whole chain is checked once
    return MarkFile::create(mark_path(into), mark);
}

// Who was erased after the backup was made, is erased from it.
Result<std::vector<PersonName>> outstanding(const std::string& into,
                                            const std::vector<Erasure>& erasures) {
    std::vector<PersonName> names;
    ATTUNE_TRY(const auto database,
               Database::open({.path = database_path(into), .read_only = true}));
    for (const Erasure& erasure : erasures) {
        const std::string key = tombstone_key(erasure.who.tenant, erasure.who.person);
        ATTUNE_TRY(const auto done, database->get_row(Family::erasures, key));
        if (!done || Reader(*done).varint() < erasure.sequence) names.push_back(erasure.who);
    }
    return names;
}

}  // namespace

Result<std::uint64_t> back_up(Database& database, const Mark& mark, const Ledger& ledger,
                              base::Time now, const std::string& scratch_path,
                              const std::string& directory) {
    ATTUNE_TRY_VOID(make_blob_directory(directory));
    ATTUNE_TRY(const auto lock, lock_directory(directory));
    ATTUNE_TRY(const auto numbers, manifest_numbers(directory));
    BackupManifest manifest{.number = numbers.empty() ? 1 : numbers.back() + 1,
                            .time_us = now.time_since_epoch().count(),
                            .mark = mark,
                            .events = ledger.events};
    const Scratch scratch(scratch_path);
    rocksdb::Checkpoint* made = nullptr;
    rocksdb::Status status = rocksdb::Checkpoint::Create(&database.db(), &made);
    const std::unique_ptr<rocksdb::Checkpoint> checkpoint(made);
    if (status.ok()) status = checkpoint->CreateCheckpoint(scratch.path());
    if (!status.ok()) return error_of(status, "cannot take a checkpoint");
    ATTUNE_TRY_VOID(copy_checkpoint(scratch.path(), directory,
                                    shared_tables(directory, numbers, mark), manifest));
    ATTUNE_TRY(const std::string erasures, list_erasures(database));
    ATTUNE_TRY(BackupFile list, store_blob_bytes(directory, erasures));
    list.name = kErasures;
    manifest.files.push_back(std::move(list));
    ATTUNE_TRY_VOID(sync_blobs(directory));
    ATTUNE_TRY_VOID(write_manifest(directory, manifest));
    return manifest.number;
}

}  // namespace attune::store::rocks

namespace attune::store {

using namespace rocks;

Result<VerifyReport> restore(const std::string& backup_directory,
                             std::optional<std::uint64_t> number,
                             const std::string& into_directory) {
    ATTUNE_TRY(const auto numbers, manifest_numbers(backup_directory));
    if (numbers.empty()) return fail(Code::not_found, "'" + backup_directory + "' holds no backup");
    ATTUNE_TRY(const BackupManifest manifest,
               read_manifest(backup_directory, number.value_or(numbers.back())));
    if (!is_empty_directory(into_directory))
        return fail(Code::failed_precondition,
                    "'" + into_directory +
                        "' is not empty; a backup is restored into a directory of its own");
    ATTUNE_TRY(const BackupManifest newest, read_manifest(backup_directory, numbers.back()));
    ATTUNE_TRY(const auto erasures, read_erasures(backup_directory, newest));
    ATTUNE_TRY_VOID(copy_out(backup_directory, manifest, into_directory));
    ATTUNE_TRY(const auto names, outstanding(into_directory, erasures));
    ATTUNE_TRY(const auto store, open_rocksdb({.directory = into_directory}));
    for (const PersonName& name : names) ATTUNE_TRY_VOID(store->erase(name.tenant, name.person));
    return store->verify();
}

}  // namespace attune::store
