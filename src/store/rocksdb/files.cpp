#include "store/rocksdb/files.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

namespace attune::store::rocks {
namespace fs = std::filesystem;
namespace {

struct File {
    explicit File(int descriptor) : fd(descriptor) {}
    ~File() {
        if (fd >= 0) ::close(fd);
    }
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    const int fd;
};

Result<void> write_all(int fd, std::string_view bytes, const std::string& path) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(fd, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return file_error("write", path, errno);
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
}

}  // namespace

std::unexpected<Error> file_error(std::string_view doing, std::string_view path, int error) {
    const bool full = error == ENOSPC || error == EDQUOT;
    return fail(full ? Code::resource_exhausted : Code::unavailable,
                "cannot " + std::string(doing) + " '" + std::string(path) +
                    "': " + std::generic_category().message(error),
                full ? "disk_full" : "");
}

bool exists(const std::string& path) {
    std::error_code error;
    return fs::exists(path, error);
}

Result<std::string> read_file(const std::string& path) {
    const File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (file.fd < 0) return file_error("open", path, errno);
    std::string bytes;
    char buffer[65'536];
    while (true) {
        const ssize_t got = ::read(file.fd, buffer, sizeof buffer);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return file_error("read", path, errno);
        if (got == 0) return bytes;
        bytes.append(buffer, static_cast<std::size_t>(got));
    }
}

Result<void> write_file_durably(const std::string& path, std::string_view bytes) {
    const std::string beside = path + ".tmp";
    {
        const File file(::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
        if (file.fd < 0) return file_error("create", beside, errno);
        ATTUNE_TRY_VOID(write_all(file.fd, bytes, beside));
        if (::fsync(file.fd) != 0) return file_error("sync", beside, errno);
    }
    if (::rename(beside.c_str(), path.c_str()) != 0) return file_error("rename", beside, errno);
    return sync_directory(fs::path(path).parent_path());
}

Result<void> sync_directory(const std::string& path) {
    const File directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (directory.fd < 0) return file_error("open", path, errno);
    if (::fsync(directory.fd) != 0) return file_error("sync", path, errno);
    return {};
}

Result<void> make_directory(const std::string& path) {
    std::error_code error;
    fs::create_directories(path, error);
    if (error) return file_error("create", path, error.value());
    return {};
}

bool is_empty_directory(const std::string& path) {
    std::error_code error;
    return !fs::exists(path, error) || (fs::is_directory(path, error) && fs::is_empty(path, error));
}

Result<std::shared_ptr<void>> lock_directory(const std::string& directory) {
    const std::string path = directory + "/LOCK";
    auto file = std::make_shared<File>(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (file->fd < 0) return file_error("open", path, errno);
    if (::flock(file->fd, LOCK_EX | LOCK_NB) != 0)
        return fail(Code::failed_precondition,
                    "'" + directory + "' is in use by another Attune process; stop that one first",
                    "in_use");
    return file;
}

}  // namespace attune::store::rocks
