// A backup directory's files: blobs by the hash of their bytes, and manifests by number.
#pragma once

#include "store/rocksdb/backup.h"

namespace attune::store::rocks {

[[nodiscard]] Result<void> make_blob_directory(const std::string& directory);
// Copies a file in and syncs it; its name is left empty.
[[nodiscard]] Result<BackupFile> store_blob(const std::string& directory, const std::string& path);
[[nodiscard]] Result<BackupFile> store_blob_bytes(const std::string& directory,
                                                  std::string_view bytes);
[[nodiscard]] Result<void> sync_blobs(const std::string& directory);
[[nodiscard]] bool has_blob(const std::string& directory, const BackupFile& file);
// Both check the hash on the way: data_loss.
[[nodiscard]] Result<std::string> read_blob(const std::string& directory, const BackupFile& file);
[[nodiscard]] Result<void> restore_blob(const std::string& directory, const BackupFile& file,
                                        const std::string& path);

// Rising.
[[nodiscard]] Result<std::vector<std::uint64_t>> manifest_numbers(const std::string& directory);
[[nodiscard]] Result<BackupManifest> read_manifest(const std::string& directory,
                                                   std::uint64_t number);
[[nodiscard]] Result<void> write_manifest(const std::string& directory,
                                          const BackupManifest& manifest);

}  // namespace attune::store::rocks
