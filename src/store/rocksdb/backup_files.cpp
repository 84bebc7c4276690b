#include "store/rocksdb/backup_files.h"

#include "base/encoding.h"
#include "store/rocksdb/codec.h"
#include "store/rocksdb/files.h"

#include <fcntl.h>
#include <unistd.h>
#include <xxhash.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <filesystem>
#include <set>
#include <sstream>

namespace attune::store::rocks {
namespace fs = std::filesystem;
namespace {

constexpr std::string_view kHeader = "attune-backup 1";

std::string blob_directory(const std::string& directory) { return directory + "/files"; }
std::string blob_path(const std::string& directory, std::string_view hash) {
    return blob_directory(directory) + "/" + std::string(hash);
}
std::string manifest_path(const std::string& directory, std::uint64_t number) {
    char name[32];
    std::snprintf(name, sizeof name, "%06llu.manifest", static_cast<unsigned long long>(number));
    return directory + "/" + name;
}

class Hasher {
public:
    Hasher() : state_(XXH3_createState(), XXH3_freeState) { XXH3_128bits_reset(state_.get()); }
    void add(std::string_view bytes) {
        XXH3_128bits_update(state_.get(), bytes.data(), bytes.size());
    }
    [[nodiscard]] std::string text() const {
        XXH128_canonical_t canonical;
        XXH128_canonicalFromHash(&canonical, XXH3_128bits_digest(state_.get()));
        return base::to_hex(
            {reinterpret_cast<const char*>(canonical.digest), sizeof canonical.digest});
    }

private:
    std::unique_ptr<XXH3_state_t, XXH_errorcode (*)(XXH3_state_t*)> state_;
};

class OpenFile {
public:
    OpenFile(const std::string& path, int flags)
        : path_(path), fd_(::open(path.c_str(), flags | O_CLOEXEC, 0600)) {}
    ~OpenFile() {
        if (fd_ >= 0) ::close(fd_);
    }
    OpenFile(const OpenFile&) = delete;
    OpenFile& operator=(const OpenFile&) = delete;

    [[nodiscard]] bool is_open() const { return fd_ >= 0; }
    // Empty at the end.
    [[nodiscard]] Result<std::string_view> read(std::span<char> buffer) {
        while (true) {
            const ssize_t got = ::read(fd_, buffer.data(), buffer.size());
            if (got >= 0) return std::string_view(buffer.data(), static_cast<std::size_t>(got));
            if (errno != EINTR) return file_error("read", path_, errno);
        }
    }
    [[nodiscard]] Result<void> write(std::string_view bytes) {
        while (!bytes.empty()) {
            const ssize_t written = ::write(fd_, bytes.data(), bytes.size());
            if (written < 0 && errno == EINTR) continue;
            if (written < 0) return file_error("write", path_, errno);
            bytes.remove_prefix(static_cast<std::size_t>(written));
        }
        return {};
    }
    [[nodiscard]] Result<void> sync() {
        if (::fsync(fd_) != 0) return file_error("sync", path_, errno);
        return {};
    }

private:
    const std::string path_;
    const int fd_;
};

// Reads a file through the hash and, where there is a target, into it. Answers the hash and the size.
Result<BackupFile> hash_file(const std::string& path, OpenFile* target) {
    OpenFile source(path, O_RDONLY);
    if (!source.is_open()) return file_error("open", path, errno);
    std::vector<char> buffer(1u << 20);
    Hasher hasher;
    BackupFile file;
    while (true) {
        ATTUNE_TRY(const std::string_view bytes, source.read(buffer));
        if (bytes.empty()) break;
        hasher.add(bytes);
        file.bytes += bytes.size();
        if (target != nullptr) ATTUNE_TRY_VOID(target->write(bytes));
    }
    file.hash = hasher.text();
    return file;
}

std::unexpected<Error> damaged(const std::string& what) {
    return fail(Code::data_loss, what + " is damaged");
}

bool read_number(std::string_view text, auto& number) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && end == text.data() + text.size();
}

// One "key value" line of a manifest.
bool read_line(BackupManifest& manifest, std::string_view key, std::string_view value) {
    const auto read_id = [&](base::Id128& id) {
        const auto parsed = base::Id128::from_text(value);
        if (parsed) id = *parsed;
        return parsed.has_value();
    };
    if (key == "number") return read_number(value, manifest.number);
    if (key == "time_us") return read_number(value, manifest.time_us);
    if (key == "format") return read_number(value, manifest.mark.format);
    if (key == "store") return read_id(manifest.mark.store);
    if (key == "incarnation") return read_id(manifest.mark.incarnation);
    if (key == "sequence") return read_number(value, manifest.mark.sequence);
    if (key == "hash") return read_id(manifest.mark.hash);
    if (key == "events") return read_number(value, manifest.events);
    if (key != "file") return false;
    const std::size_t first = value.find(' ');
    const std::size_t second = first == value.npos ? value.npos : value.find(' ', first + 1);
    if (second == value.npos) return false;
    BackupFile file{std::string(value.substr(second + 1)), std::string(value.substr(0, first)), 0};
    // A name that leads out of the directory is not one that we wrote.
    if (file.name.find("..") != file.name.npos || file.hash.size() != 32) return false;
    if (!read_number(value.substr(first + 1, second - first - 1), file.bytes)) return false;
    manifest.files.push_back(std::move(file));
    return true;
}

}  // namespace

std::string encode_manifest(const BackupManifest& manifest) {
    std::ostringstream out;
    out << kHeader << "\nnumber " << manifest.number << "\ntime_us " << manifest.time_us
        << "\nformat " << manifest.mark.format << "\nstore " << manifest.mark.store.to_text()
        << "\nincarnation " << manifest.mark.incarnation.to_text() << "\nsequence "
        << manifest.mark.sequence << "\nhash " << manifest.mark.hash.to_text() << "\nevents "
        << manifest.events << '\n';
    for (const BackupFile& file : manifest.files)
        out << "file " << file.hash << ' ' << file.bytes << ' ' << file.name << '\n';
    std::string text = out.str();
    Hasher hasher;
    hasher.add(text);
    return text + "checksum " + hasher.text() + "\n";
}

Result<BackupManifest> decode_manifest(std::string_view text) {
    constexpr std::string_view kChecksum = "checksum ";
    constexpr std::size_t kLastLine = kChecksum.size() + 32 + 1;
    if (text.size() < kLastLine) return damaged("the manifest");
    const std::string_view body = text.substr(0, text.size() - kLastLine);
    Hasher hasher;
    hasher.add(body);
    if (text.substr(body.size()) != std::string(kChecksum) + hasher.text() + "\n")
        return damaged("the manifest");
    BackupManifest manifest;
    bool is_first = true;
    for (std::string_view rest = body; !rest.empty();) {
        const std::size_t end = rest.find('\n');
        const std::string_view line = rest.substr(0, end);
        rest.remove_prefix(end == rest.npos ? rest.size() : end + 1);
        if (std::exchange(is_first, false)) {
            if (line != kHeader)
                return fail(Code::failed_precondition, "a backup of another version of Attune");
            continue;
        }
        const std::size_t space = line.find(' ');
        if (space == line.npos ||
            !read_line(manifest, line.substr(0, space), line.substr(space + 1)))
            return damaged("the manifest");
    }
    return manifest;
}

Result<void> make_blob_directory(const std::string& directory) {
    return make_directory(blob_directory(directory));
}

Result<BackupFile> store_blob(const std::string& directory, const std::string& path) {
    const std::string beside = blob_path(directory, "incoming.tmp");
    OpenFile target(beside, O_WRONLY | O_CREAT | O_TRUNC);
    if (!target.is_open()) return file_error("create", beside, errno);
    ATTUNE_TRY(BackupFile file, hash_file(path, &target));
    ATTUNE_TRY_VOID(target.sync());
    // Also over a blob that is there: its bytes may have rotted, these have not.
    const std::string place = blob_path(directory, file.hash);
    if (::rename(beside.c_str(), place.c_str()) != 0) return file_error("rename", beside, errno);
    return file;
}

Result<BackupFile> store_blob_bytes(const std::string& directory, std::string_view bytes) {
    Hasher hasher;
    hasher.add(bytes);
    BackupFile file{.hash = hasher.text(), .bytes = bytes.size()};
    ATTUNE_TRY_VOID(write_file_durably(blob_path(directory, file.hash), bytes));
    return file;
}

Result<void> sync_blobs(const std::string& directory) {
    return sync_directory(blob_directory(directory));
}

bool has_blob(const std::string& directory, const BackupFile& file) {
    std::error_code error;
    return fs::file_size(blob_path(directory, file.hash), error) == file.bytes && !error;
}

Result<std::string> read_blob(const std::string& directory, const BackupFile& file) {
    ATTUNE_TRY(std::string bytes, read_file(blob_path(directory, file.hash)));
    Hasher hasher;
    hasher.add(bytes);
    if (hasher.text() != file.hash) return damaged("file '" + file.hash + "' of the backup");
    return bytes;
}

Result<void> restore_blob(const std::string& directory, const BackupFile& file,
                          const std::string& path) {
    OpenFile target(path, O_WRONLY | O_CREAT | O_EXCL);
    if (!target.is_open()) return file_error("create", path, errno);
    ATTUNE_TRY(const BackupFile copied, hash_file(blob_path(directory, file.hash), &target));
    if (copied.hash != file.hash) return damaged("file '" + file.hash + "' of the backup");
    return target.sync();
}

Result<std::vector<std::uint64_t>> manifest_numbers(const std::string& directory) {
    std::vector<std::uint64_t> numbers;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(directory, error)) {
        std::uint64_t number = 0;
        if (entry.path().extension() == ".manifest" &&
            read_number(entry.path().stem().string(), number))
            numbers.push_back(number);
    }
    if (error) return file_error("read", directory, error.value());
    std::ranges::sort(numbers);
    return numbers;
}

Result<BackupManifest> read_manifest(const std::string& directory, std::uint64_t number) {
    const std::string path = manifest_path(directory, number);
    if (!exists(path)) return fail(Code::not_found, "there is no backup " + std::to_string(number));
    ATTUNE_TRY(const std::string text, read_file(path));
    auto manifest = decode_manifest(text);
    if (!manifest)
        return fail(manifest.error().code, "'" + path + "': " + manifest.error().message);
    if (manifest->number != number) return damaged("'" + path + "'");
    return manifest;
}

Result<void> write_manifest(const std::string& directory, const BackupManifest& manifest) {
    return write_file_durably(manifest_path(directory, manifest.number), encode_manifest(manifest));
}

}  // namespace attune::store::rocks

namespace attune::store {

using namespace rocks;

Result<VerifyReport> verify_backup(const std::string& directory) {
    ATTUNE_TRY(const auto numbers, manifest_numbers(directory));
    if (numbers.empty()) return fail(Code::not_found, "'" + directory + "' holds no backup");
    VerifyReport report;
    std::set<std::string> sound;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(blob_directory(directory), error)) {
        const std::string name = entry.path().filename().string();
        if (name.ends_with(".tmp")) continue;  // left by a backup that was cut short
        auto file = hash_file(entry.path().string(), nullptr);
        if (file && file->hash == name)
            sound.insert(name);
        else
            report.problems.push_back("file '" + name + "' of the backups is damaged");
    }
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        const std::string name = "backup " + std::to_string(numbers[i]);
        if (i > 0 && numbers[i] != numbers[i - 1] + 1)
            report.problems.push_back("the backup before " + std::to_string(numbers[i]) +
                                      " is missing");
        auto manifest = read_manifest(directory, numbers[i]);
        if (!manifest) {
            report.problems.push_back(name + ": " + manifest.error().message);
            continue;
        }
        for (const BackupFile& file : manifest->files)
            if (!sound.contains(file.hash))
                report.problems.push_back(name + " needs '" + file.name +
                                          "', which is missing or damaged");
        report.last_sequence = report.commits_checked = manifest->mark.sequence;
        report.events_checked = manifest->events;
    }
    return report;
}

Result<std::vector<BackupInfo>> list_backups(const std::string& directory) {
    ATTUNE_TRY(const auto numbers, manifest_numbers(directory));
    std::vector<BackupInfo> backups;
    for (std::uint64_t number : numbers) {
        ATTUNE_TRY(const BackupManifest manifest, read_manifest(directory, number));
        BackupInfo info{.number = number,
                        .made_at = base::Time(base::Duration(manifest.time_us)),
                        .last_sequence = manifest.mark.sequence,
                        .events = manifest.events};
        for (const BackupFile& file : manifest.files) info.bytes += file.bytes;
        backups.push_back(info);
    }
    return backups;
}

Result<void> prune_backups(const std::string& directory, std::size_t keep) {
    if (keep == 0) return fail(Code::invalid_argument, "at least one backup is kept");
    ATTUNE_TRY(const auto lock, lock_directory(directory));
    ATTUNE_TRY(auto numbers, manifest_numbers(directory));
    const std::size_t gone = numbers.size() - std::min(numbers.size(), keep);
    std::set<std::string> needed;
    for (std::size_t i = gone; i < numbers.size(); ++i) {
        ATTUNE_TRY(const BackupManifest manifest, read_manifest(directory, numbers[i]));
        for (const BackupFile& file : manifest.files) needed.insert(file.hash);
    }
    std::error_code error;
    for (std::size_t i = 0; i < gone; ++i) fs::remove(manifest_path(directory, numbers[i]), error);
    ATTUNE_TRY_VOID(sync_directory(directory));
    for (const auto& entry : fs::directory_iterator(blob_directory(directory), error))
        if (!needed.contains(entry.path().filename().string())) fs::remove(entry.path(), error);
    return sync_directory(blob_directory(directory));
}

}  // namespace attune::store
