// Disk: files as Attune uses them, injected so that tests can lose power at any point.
//
//     auto file = disk.open("/data/mark", OpenMode::read_write);
//     ATTUNE_TRY_VOID((*file)->write_at(0, bytes));
//     ATTUNE_TRY_VOID((*file)->sync());              // durable from here on
//     ATTUNE_TRY_VOID(write_file(disk, "/data/config", bytes));   // whole or not at all
//
// A Disk is thread-safe; a File takes reads from many threads and writes from one. Errors: not_found, already_exists,
// permission_denied; resource_exhausted with reason "disk_full"; everything else is internal with reason "io_error". After a
// failed sync() nothing is known of what was written since the last good one: never try it again, recover instead.
#pragma once

#include "base/result.h"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace attune::base {

class File {
public:
    virtual ~File() = default;

    // Fewer bytes than asked for only at the end of the file.
    [[nodiscard]] virtual Result<std::size_t> read_at(std::uint64_t offset,
                                                      std::span<char> out) = 0;
    // All of `bytes`, or an error after any part of them.
    virtual Result<void> write_at(std::uint64_t offset, std::string_view bytes) = 0;
    virtual Result<void> sync() = 0;  // fdatasync: the bytes and the size
    virtual Result<void> truncate(std::uint64_t size) = 0;
    [[nodiscard]] virtual Result<std::uint64_t> size() = 0;
};

enum class OpenMode : std::uint8_t {
    read,        // must be there
    read_write,  // made when it is not there
    create,      // must not be there
};

class Disk {
public:
    virtual ~Disk() = default;

    [[nodiscard]] virtual Result<std::unique_ptr<File>> open(const std::string& path,
                                                             OpenMode mode) = 0;
    // Takes the place of what is called `to`. Durable once the directory is synced, as are making and removing files.
    virtual Result<void> rename(const std::string& from, const std::string& to) = 0;
    virtual Result<void> remove(const std::string& path) = 0;
    // With all that lies above it; fine when it is there.
    virtual Result<void> make_directory(const std::string& path) = 0;
    virtual Result<void> sync_directory(const std::string& path) = 0;
    // Names, not paths, sorted.
    [[nodiscard]] virtual Result<std::vector<std::string>> list(const std::string& path) = 0;
    [[nodiscard]] virtual Result<bool> exists(const std::string& path) = 0;
    // What an unprivileged process may still write.
    [[nodiscard]] virtual Result<std::uint64_t> free_bytes(const std::string& path) = 0;
};

// The machine's own.
class PosixDisk final : public Disk {
public:
    [[nodiscard]] Result<std::unique_ptr<File>> open(const std::string& path,
                                                     OpenMode mode) override;
    Result<void> rename(const std::string& from, const std::string& to) override;
    Result<void> remove(const std::string& path) override;
    Result<void> make_directory(const std::string& path) override;
    Result<void> sync_directory(const std::string& path) override;
    [[nodiscard]] Result<std::vector<std::string>> list(const std::string& path) override;
    [[nodiscard]] Result<bool> exists(const std::string& path) override;
    [[nodiscard]] Result<std::uint64_t> free_bytes(const std::string& path) override;
};

// A whole file; resource_exhausted ("too_large") when it is longer than `bytes_max`.
[[nodiscard]] Result<std::string> read_file(Disk& disk, const std::string& path,
                                            std::size_t bytes_max);

// Replaces a file so that after a power cut either the old or the new one is there, whole: "<path>.new" is written and
// synced, renamed, and the directory synced.
Result<void> write_file(Disk& disk, const std::string& path, std::string_view bytes);

}  // namespace attune::base
