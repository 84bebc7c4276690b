#include "engine/follow/checkpoint_file.h"

#include "base/fingerprint.h"

#include <algorithm>
#include <filesystem>
#include <utility>

namespace attune::engine {
namespace {

constexpr std::size_t kBlockBytes = 256u << 10;
// A checkpoint takes no room that the store may be about to need.
constexpr std::uint64_t kFreeBytesLeft = 1u << 30;
constexpr std::string_view kMagic = "attune checkpoint 1\n";
constexpr std::string_view kUnfinished = ".new";

// What stands before the bytes of a block.
struct BlockHead {
    std::uint32_t bytes = 0;
    std::uint32_t number = 0;
    std::uint64_t is_last = 0;
    std::uint64_t checksum = 0;
};
static_assert(sizeof(BlockHead) == 24);

// Over the head too: blocks that changed places are damaged, and so is a middle that claims to be the end.
std::uint64_t checksum_of(const BlockHead& head, std::string_view bytes) {
    std::string parts(base::fingerprint(bytes).view());
    for (const std::uint64_t part :
         {std::uint64_t{head.bytes}, std::uint64_t{head.number}, head.is_last})
        parts.append(reinterpret_cast<const char*>(&part), sizeof part);
    return base::fingerprint(parts).low();
}

std::string directory_of(const std::string& path) {
    return std::filesystem::path(path).parent_path().string();
}

std::unexpected<Error> stays(const std::string& path, std::string_view how, const Error& why) {
    return fail(Code::unavailable,
                path + " knows them too, and " + std::string(how) + ": " + why.message +
                    ". Nobody was erased. Remove the file by hand, or let the server write where "
                    "it is, and "
                    "erase them again",
                "checkpoint_stays");
}

}  // namespace

CheckpointWriter::CheckpointWriter(base::Disk& disk, std::string path,
                                   std::unique_ptr<base::File> file)
    : disk_(&disk), path_(std::move(path)), file_(std::move(file)) {
    block_.reserve(kBlockBytes);
}

CheckpointWriter::~CheckpointWriter() {
    if (!file_) return;
    file_.reset();
    (void)disk_->remove(path_ + std::string(kUnfinished));
}

Result<CheckpointWriter> CheckpointWriter::create(base::Disk& disk, std::string path,
                                                  const CheckpointFormat& format,
                                                  std::uint64_t bytes) {
    const std::string directory = directory_of(path);
    ATTUNE_TRY_VOID(disk.make_directory(directory));
    ATTUNE_TRY(const auto free, disk.free_bytes(directory));
    if (free < kFreeBytesLeft + bytes)
        return fail(Code::resource_exhausted, "there is too little room for " + path, "disk_full");
    ATTUNE_TRY(auto file, disk.open(path + std::string(kUnfinished), base::OpenMode::read_write));
    CheckpointWriter writer(disk, std::move(path), std::move(file));
    ATTUNE_TRY_VOID(writer.file_->truncate(0));
    ATTUNE_TRY_VOID(writer.put_bytes(kMagic));
    ATTUNE_TRY_VOID(writer.put(format.kind));
    ATTUNE_TRY_VOID(writer.put(format.version));
    return writer;
}

Result<void> CheckpointWriter::put_bytes(std::string_view bytes) {
    while (!bytes.empty()) {
        const auto some = bytes.substr(0, kBlockBytes - block_.size());
        block_ += some;
        bytes.remove_prefix(some.size());
        if (block_.size() == kBlockBytes) ATTUNE_TRY_VOID(write_block(false));
    }
    return {};
}

Result<void> CheckpointWriter::write_block(bool is_last) {
    BlockHead head{.bytes = static_cast<std::uint32_t>(block_.size()),
                   .number = blocks_++,
                   .is_last = is_last ? 1U : 0U};
    head.checksum = checksum_of(head, block_);
    ATTUNE_TRY_VOID(file_->write_at(at_, {reinterpret_cast<const char*>(&head), sizeof head}));
    ATTUNE_TRY_VOID(file_->write_at(at_ + sizeof head, block_));
    at_ += sizeof head + block_.size();
    block_.clear();
    return {};
}

Result<void> CheckpointWriter::finish() {
    ATTUNE_TRY_VOID(write_block(true));
    ATTUNE_TRY_VOID(file_->sync());
    ATTUNE_TRY_VOID(disk_->rename(path_ + std::string(kUnfinished), path_));
    file_.reset();
    return disk_->sync_directory(directory_of(path_));
}

CheckpointReader::CheckpointReader(std::string path, std::unique_ptr<base::File> file)
    : path_(std::move(path)), file_(std::move(file)) {}

std::unexpected<Error> CheckpointReader::damaged() const {
    return fail(Code::data_loss, path_ + " is not what was written");
}

std::unexpected<Error> CheckpointReader::is_of_another(std::string_view what) const {
    return fail(Code::failed_precondition, path_ + " is of " + std::string(what));
}

Result<CheckpointReader> CheckpointReader::open(base::Disk& disk, const std::string& path,
                                                const CheckpointFormat& format) {
    ATTUNE_TRY(auto file, disk.open(path, base::OpenMode::read));
    CheckpointReader reader(path, std::move(file));
    std::string magic(kMagic.size(), '\0');
    ATTUNE_TRY_VOID(reader.get_bytes(magic));
    if (magic != kMagic) return reader.damaged();
    ATTUNE_TRY(const std::string kind, reader.text(255));
    ATTUNE_TRY(const auto version, reader.get<std::uint32_t>());
    if (kind != format.kind || version != format.version)
        return reader.is_of_another("version " + std::to_string(version) + " of \"" + kind + '"');
    return reader;
}

Result<std::size_t> CheckpointReader::length(std::uint64_t size_max) {
    ATTUNE_TRY(const auto size, get<std::uint64_t>());
    if (size > size_max) return damaged();
    return static_cast<std::size_t>(size);
}

Result<std::string> CheckpointReader::text(std::uint64_t size_max) {
    ATTUNE_TRY(const auto size, length(size_max));
    std::string out(size, '\0');
    ATTUNE_TRY_VOID(get_bytes(out));
    return out;
}

Result<void> CheckpointReader::get_bytes(std::span<char> out) {
    while (!out.empty()) {
        if (used_ == block_.size()) {
            if (is_last_) return damaged();
            ATTUNE_TRY_VOID(read_block());
            continue;
        }
        const std::size_t some = std::min(out.size(), block_.size() - used_);
        std::memcpy(out.data(), block_.data() + used_, some);
        used_ += some;
        out = out.subspan(some);
    }
    return {};
}

Result<void> CheckpointReader::read_block() {
    BlockHead head;
    ATTUNE_TRY(const auto of_head,
               file_->read_at(at_, {reinterpret_cast<char*>(&head), sizeof head}));
    if (of_head != sizeof head || head.bytes > kBlockBytes || head.number != blocks_)
        return damaged();
    block_.resize(head.bytes);
    ATTUNE_TRY(const auto of_bytes, file_->read_at(at_ + sizeof head, block_));
    if (of_bytes != head.bytes ||
        head.checksum != checksum_of(head, {block_.data(), block_.size()}))
        return damaged();
    used_ = 0;
    ++blocks_;
    at_ += sizeof head + head.bytes;
    is_last_ = head.is_last != 0;
    return {};
}

Result<void> CheckpointReader::finish() {
    if (used_ == block_.size() && !is_last_) ATTUNE_TRY_VOID(read_block());
    if (used_ != block_.size() || !is_last_) return damaged();
    return {};
}

Result<void> remove_checkpoint(base::Disk& disk, const std::string& path) {
    bool is_any = false;
    for (const std::string& name : {path, path + std::string(kUnfinished)}) {
        auto removed = disk.remove(name);
        if (!removed && removed.error().code != Code::not_found)
            return stays(name, "cannot be removed", removed.error());
        is_any = is_any || removed;
    }
    if (!is_any) return {};
    const auto synced = disk.sync_directory(directory_of(path));
    return synced ? synced : stays(path, "may come back after a power cut", synced.error());
}

}  // namespace attune::engine
