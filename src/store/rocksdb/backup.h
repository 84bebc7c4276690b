// Backups: content-addressed files and one manifest for each backup.
//
//     backups/000003.manifest    what backup 3 consists of; text, ends with a checksum of itself
//     backups/files/<hash>       a file by the XXH3-128 of its bytes; shared by every backup that needs it
//
// A table never changes, so a backup after another copies only new ones. Every byte of a backup is under some hash.
#pragma once

#include "store/rocksdb/database.h"
#include "store/rocksdb/mark_file.h"
#include "store/rocksdb/rocksdb_store.h"

#include <string>

namespace attune::store::rocks {

struct BackupFile {
    std::string name;  // "db/000012.sst"; "erasures" for the list of erased people
    std::string hash;
    std::uint64_t bytes = 0;
};
struct BackupManifest {
    std::uint64_t number = 0;
    std::int64_t time_us = 0;
    Mark mark;
    std::uint64_t events = 0;
    std::vector<BackupFile> files;
};
[[nodiscard]] std::string encode_manifest(const BackupManifest& manifest);
[[nodiscard]] Result<BackupManifest> decode_manifest(std::string_view text);

// Copies the open database. `mark` was taken before the call, so everything it names is in the copy.
// `scratch` is a directory on the database's file system that this call makes and removes.
[[nodiscard]] Result<std::uint64_t> back_up(Database& database, const Mark& mark,
                                            const Ledger& ledger, base::Time now,
                                            const std::string& scratch,
                                            const std::string& directory);

}  // namespace attune::store::rocks
