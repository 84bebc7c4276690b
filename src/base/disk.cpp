#include "base/disk.h"

#include "base/descriptor.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

namespace attune::base {
namespace {

std::unexpected<Error> io_error(std::string_view what, const std::string& path,
                                int number = errno) {
    const std::string message =
        std::string(what) + " " + path + ": " + std::generic_category().message(number);
    switch (number) {
        case ENOENT:
            return fail(Code::not_found, message);
        case EEXIST:
            return fail(Code::already_exists, message);
        case EACCES:
        case EPERM:
        case EROFS:
            return fail(Code::permission_denied, message);
        case ENOSPC:
        case EDQUOT:
            return fail(Code::resource_exhausted, message, "disk_full");
        default:
            return fail(Code::internal, message, "io_error");
    }
}

class PosixFile final : public File {
public:
    PosixFile(Descriptor descriptor, std::string path)
        : descriptor_(std::move(descriptor)), path_(std::move(path)) {}

    Result<std::size_t> read_at(std::uint64_t offset, std::span<char> out) override {
        std::size_t done = 0;
        while (done < out.size()) {
            const auto got = ::pread(descriptor_.get(), out.data() + done, out.size() - done,
                                     static_cast<off_t>(offset + done));
            if (got < 0 && errno == EINTR) continue;
            if (got < 0) return io_error("cannot read", path_);
            if (got == 0) break;
            done += static_cast<std::size_t>(got);
        }
        return done;
    }
    Result<void> write_at(std::uint64_t offset, std::string_view bytes) override {
        while (!bytes.empty()) {
            const auto put =
                ::pwrite(descriptor_.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
            if (put < 0 && errno == EINTR) continue;
            if (put < 0) return io_error("cannot write", path_);
            bytes.remove_prefix(static_cast<std::size_t>(put));
            offset += static_cast<std::uint64_t>(put);
        }
        return {};
    }
    Result<void> sync() override {
        // Not tried again, not even after EINTR: the kernel may have dropped the dirty pages and say "done" next time.
        if (::fdatasync(descriptor_.get()) != 0) return io_error("cannot sync", path_);
        return {};
    }
    Result<void> truncate(std::uint64_t size) override {
        if (::ftruncate(descriptor_.get(), static_cast<off_t>(size)) != 0) {
            return io_error("cannot truncate", path_);
        }
        return {};
    }
    Result<std::uint64_t> size() override {
        struct stat status{};
        if (::fstat(descriptor_.get(), &status) != 0) return io_error("cannot stat", path_);
        return static_cast<std::uint64_t>(status.st_size);
    }

private:
    Descriptor descriptor_;
    std::string path_;
};

std::string directory_of(const std::string& path) {
    const auto slash = path.rfind('/');
    if (slash == std::string::npos) return ".";
    return slash == 0 ? "/" : path.substr(0, slash);
}

}  // namespace

Result<std::unique_ptr<File>> PosixDisk::open(const std::string& path, OpenMode mode) {
    int flags = O_CLOEXEC;
    if (mode == OpenMode::read) flags |= O_RDONLY;
    if (mode == OpenMode::read_write) flags |= O_RDWR | O_CREAT;
    if (mode == OpenMode::create) flags |= O_RDWR | O_CREAT | O_EXCL;
    // Only the owner may read what is about people.
    Descriptor descriptor(::open(path.c_str(), flags, 0600));
    if (descriptor.get() < 0) return io_error("cannot open", path);
    return std::make_unique<PosixFile>(std::move(descriptor), path);
}

Result<void> PosixDisk::rename(const std::string& from, const std::string& to) {
    if (::rename(from.c_str(), to.c_str()) != 0) return io_error("cannot rename", from);
    return {};
}

Result<void> PosixDisk::remove(const std::string& path) {
    if (::unlink(path.c_str()) != 0) return io_error("cannot remove", path);
    return {};
}

Result<void> PosixDisk::make_directory(const std::string& path) {
    for (std::size_t at = path.find('/', 1);; at = path.find('/', at + 1)) {
        const std::string part = path.substr(0, at);
        if (::mkdir(part.c_str(), 0700) != 0 && errno != EEXIST) {
            return io_error("cannot make directory", part);
        }
        if (at == std::string::npos) break;
    }
    struct stat status{};
    if (::stat(path.c_str(), &status) != 0) return io_error("cannot stat", path);
    if (!S_ISDIR(status.st_mode)) return io_error("is no directory:", path, EEXIST);
    return {};
}

Result<void> PosixDisk::sync_directory(const std::string& path) {
    const Descriptor descriptor(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (descriptor.get() < 0) return io_error("cannot open", path);
    if (::fsync(descriptor.get()) != 0) return io_error("cannot sync", path);
    return {};
}

Result<std::vector<std::string>> PosixDisk::list(const std::string& path) {
    const auto close = [](DIR* directory) { ::closedir(directory); };
    const std::unique_ptr<DIR, decltype(close)> directory(::opendir(path.c_str()), close);
    if (!directory) return io_error("cannot list", path);
    std::vector<std::string> names;
    errno = 0;
    while (const dirent* entry = ::readdir(directory.get())) {
        const std::string_view name = entry->d_name;
        if (name != "." && name != "..") names.emplace_back(name);
    }
    if (errno != 0) return io_error("cannot list", path);
    std::ranges::sort(names);
    return names;
}

Result<bool> PosixDisk::exists(const std::string& path) {
    struct stat status{};
    if (::stat(path.c_str(), &status) == 0) return true;
    if (errno == ENOENT || errno == ENOTDIR) return false;
    return io_error("cannot stat", path);
}

Result<std::uint64_t> PosixDisk::free_bytes(const std::string& path) {
    struct statvfs status{};
    if (::statvfs(path.c_str(), &status) != 0) return io_error("cannot stat the disk of", path);
    return std::uint64_t{status.f_bavail} * status.f_frsize;
}

Result<std::string> read_file(Disk& disk, const std::string& path, std::size_t bytes_max) {
    ATTUNE_TRY(const auto file, disk.open(path, OpenMode::read));
    ATTUNE_TRY(const std::uint64_t size, file->size());
    if (size > bytes_max) {
        return fail(Code::resource_exhausted,
                    path + " is longer than " + std::to_string(bytes_max) + " bytes", "too_large");
    }
    std::string bytes(size, '\0');
    ATTUNE_TRY(const std::size_t got, file->read_at(0, bytes));
    bytes.resize(got);
    return bytes;
}

Result<void> write_file(Disk& disk, const std::string& path, std::string_view bytes) {
    const std::string fresh = path + ".new";
    ATTUNE_TRY(const auto file, disk.open(fresh, OpenMode::read_write));
    ATTUNE_TRY_VOID(file->truncate(0));
    ATTUNE_TRY_VOID(file->write_at(0, bytes));
    ATTUNE_TRY_VOID(file->sync());
    ATTUNE_TRY_VOID(disk.rename(fresh, path));
    return disk.sync_directory(directory_of(path));
}

}  // namespace attune::base
