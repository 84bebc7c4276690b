#include "store/rocksdb/open_store.h"

#include "store/rocksdb/files.h"
#include "store/rocksdb/manifest.h"
#include "store/rocksdb/migrations.h"
#include "store/rocksdb/verifier.h"

#include <filesystem>
#include <set>

namespace attune::store::rocks {
namespace {

bool has_current(const std::string& directory) {
    return exists(database_path(directory) + "/CURRENT");
}

// Tables on disk that the database does not know.
bool has_stray_tables(const std::string& directory, const Database& database) {
    std::vector<rocksdb::LiveFileMetaData> known;
    database.db().GetLiveFilesMetaData(&known);
    std::set<std::string> names;
    for (const auto& table : known)
        names.insert(std::filesystem::path(table.name).filename().string());
    std::error_code error;
    for (const auto& file : std::filesystem::directory_iterator(database_path(directory), error))
        if (file.path().extension() == ".sst" && !names.contains(file.path().filename().string()))
            return true;
    return false;
}

bool holds_tables(const std::string& directory) {
    std::error_code error;
    for (const auto& file : std::filesystem::directory_iterator(database_path(directory), error))
        if (file.path().extension() == ".sst") return true;
    return false;
}

std::unexpected<Error> untouched(const Error& error) {
    const bool lost = error.code == Code::data_loss;
    return fail(error.code, error.message + "; nothing was changed" +
                                (lost ? "; run `attune restore` on a backup" : ""));
}

// The mark comes first, so that a database without one is never the trace of an interrupted creation.
Result<void> create_if_new(const std::string& directory, base::Random& random) {
    if (exists(mark_path(directory))) return {};
    if (!is_empty_directory(database_path(directory)))
        return fail(Code::data_loss,
                    "'" + mark_path(directory) +
                        "' is missing: nothing tells whether all acknowledged data is there; "
                        "nothing was changed; run `attune restore` on a backup");
    return MarkFile::create(mark_path(directory),
                            {.store = random.id(), .incarnation = random.id()});
}

Result<void> look_before_opening(const std::string& directory, const Mark& mark,
                                 const OpenSettings& settings, const Injected& injected) {
    if (auto whole = check_manifest(database_path(directory)); !whole)
        return untouched(whole.error());
    if (mark.sequence == 0) {
        // Nothing was ever acknowledged: then a half-made database is made again, but never over tables.
        if (has_current(directory) || !holds_tables(directory)) return {};
        return fail(Code::data_loss,
                    "'" + database_path(directory) + "' holds tables but no CURRENT file");
    }
    DatabaseOptions options{
        .path = database_path(directory), .env = injected.env, .read_only = true};
    options.memory_bytes = settings.memory_bytes;
    options.write_buffer_bytes = settings.write_buffer_bytes;
    auto database = Database::open(options);
    if (!database) return untouched(database.error());
    ATTUNE_TRY_VOID(verify_tail(**database, mark));
    ATTUNE_TRY(const ManifestFate fate, fate_of_manifest(options.path, mark.manifest));
    // A process that dies while it flushes or compacts leaves tables that nobody needs; a MANIFEST that lost its end leaves
    // such that are missing. Where the mark doesn't say which it was, only a look at everything can tell.
    if (fate == ManifestFate::whole) return {};
    if (fate == ManifestFate::replaced && !has_stray_tables(directory, **database)) return {};
    if (settings.on_delay)
        settings.on_delay(
            "the journal of tables is not the one that was noted; reading everything, "
            "about 10 s per million events");
    ATTUNE_TRY(const VerifyReport report, verify_all(**database, mark));
    if (report.problems.empty()) return {};
    return fail(Code::data_loss, report.problems.front() +
                                     "; nothing was changed; run `attune restore` on a backup");
}

}  // namespace

Result<OpenDirectory> open_directory(const std::string& directory, base::Random& random,
                                     const OpenSettings& settings, const Injected& injected) {
    OpenDirectory open;
    ATTUNE_TRY_VOID(make_directory(directory));
    ATTUNE_TRY(open.lock, lock_directory(directory));
    ATTUNE_TRY_VOID(create_if_new(directory, random));
    ATTUNE_TRY(open.mark, MarkFile::open(mark_path(directory), injected.mark_sync));
    const Mark before = open.mark->mark();
    ATTUNE_TRY_VOID(look_before_opening(directory, before, settings, injected));

    DatabaseOptions options{.path = database_path(directory), .env = injected.env};
    options.create = before.sequence == 0;
    options.memory_bytes = settings.memory_bytes;
    options.write_buffer_bytes = settings.write_buffer_bytes;
    options.listener = settings.listener;
    ATTUNE_TRY(open.database, Database::open(options));
    // RocksDB has begun a new MANIFEST.
    Mark noted = before;
    ATTUNE_TRY(noted.manifest, manifest_state(options.path));
    ATTUNE_TRY_VOID(open.mark->write(noted));
    ATTUNE_TRY(open.ledger, verify_tail(*open.database, before));
    ATTUNE_TRY_VOID(migrate(*open.database, migrations(), kFormat));
    ATTUNE_TRY(open.people, PeopleCounts::load(*open.database));
    if (open.people.sum() != open.ledger.people)
        return fail(Code::data_loss, "the last commit knows of " +
                                         std::to_string(open.ledger.people) + " people, and " +
                                         std::to_string(open.people.sum()) +
                                         " are counted; run `attune restore` on a backup");
    // What was recovered beyond the mark is going to be shown to readers, so from now on it is acknowledged. Recovery
    // has flushed and synced it.
    Mark mark = noted;
    mark.format = kFormat;
    mark.sequence = mark.verified = open.ledger.sequence;
    mark.hash = open.ledger.hash;
    if (mark != noted) ATTUNE_TRY_VOID(open.mark->write(mark));
    return open;
}

Result<VerifyReport> inspect_directory(const std::string& directory) {
    ATTUNE_TRY(const Mark mark, MarkFile::read(mark_path(directory)));
    if (mark.sequence == 0 && !has_current(directory)) return VerifyReport{};
    ATTUNE_TRY_VOID(check_manifest(database_path(directory)));
    ATTUNE_TRY(const auto database,
               Database::open({.path = database_path(directory), .read_only = true}));
    return verify_all(*database, mark);
}

}  // namespace attune::store::rocks

namespace attune::store {

Result<std::unique_ptr<Store>> open_rocksdb(RocksOptions options) {
    return rocks::open_store(std::move(options), {});
}

Result<VerifyReport> verify_directory(const std::string& directory) {
    if (!rocks::exists(directory))
        return fail(Code::not_found, "'" + directory + "' does not exist");
    ATTUNE_TRY(const auto lock, rocks::lock_directory(directory));
    auto report = rocks::inspect_directory(directory);
    if (report || report.error().code != Code::data_loss) return report;
    return VerifyReport{.problems = {report.error().message}};
}

}  // namespace attune::store
