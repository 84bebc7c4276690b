#include "store/rocksdb/mark_file.h"

#include "store/rocksdb/codec.h"
#include "store/rocksdb/files.h"

#include <fcntl.h>
#include <unistd.h>
#include <xxhash.h>

#include <cerrno>

namespace attune::store::rocks {
namespace {

// A slot of its own sector even where sectors have 4 KiB, so that writing one never tears the other.
constexpr std::size_t kSlotBytes = 4096;
constexpr std::string_view kMagic = "attunemk";

struct Slot {
    Mark mark;
    std::uint64_t generation = 0;
};

std::string encode(const Slot& slot) {
    std::string bytes;
    bytes.reserve(kSlotBytes);
    Writer writer(bytes);
    writer.bytes(kMagic).u32(slot.mark.format).u64(slot.generation);
    writer.id(slot.mark.store).id(slot.mark.incarnation);
    writer.u64(slot.mark.sequence).id(slot.mark.hash).u64(slot.mark.verified);
    writer.u64(slot.mark.manifest.number).u64(slot.mark.manifest.bytes);
    writer.u64(slot.mark.manifest.hash);
    writer.u64(XXH3_64bits(bytes.data(), bytes.size()));
    bytes.resize(kSlotBytes);
    return bytes;
}

std::optional<Slot> decode(std::string_view bytes) {
    Reader reader(bytes);
    Slot slot;
    if (reader.bytes(kMagic.size()) != kMagic) return std::nullopt;
    slot.mark.format = reader.u32();
    slot.generation = reader.u64();
    slot.mark.store = reader.id();
    slot.mark.incarnation = reader.id();
    slot.mark.sequence = reader.u64();
    slot.mark.hash = reader.id();
    slot.mark.verified = reader.u64();
    slot.mark.manifest.number = reader.u64();
    slot.mark.manifest.bytes = reader.u64();
    slot.mark.manifest.hash = reader.u64();
    const std::size_t size = bytes.size() - reader.rest().size();
    if (!reader.ok() || reader.u64() != XXH3_64bits(bytes.data(), size) || !reader.ok())
        return std::nullopt;
    return slot;
}

Result<Slot> read_slot(const std::string& path) {
    ATTUNE_TRY(const std::string bytes, read_file(path));
    std::optional<Slot> newest;
    for (std::size_t offset : {std::size_t{0}, kSlotBytes}) {
        if (bytes.size() < offset + kSlotBytes) continue;
        auto slot = decode(std::string_view(bytes).substr(offset, kSlotBytes));
        if (slot && (!newest || slot->generation > newest->generation)) newest = slot;
    }
    if (!newest)
        return fail(Code::data_loss, "neither slot of '" + path +
                                         "' can be read: nothing tells whether all acknowledged "
                                         "data is there; run `attune restore` on a backup");
    if (newest->mark.format > kFormat)
        return fail(Code::failed_precondition,
                    "'" + path + "' was written by a newer version of Attune (format " +
                        std::to_string(newest->mark.format) + "; this one knows up to " +
                        std::to_string(kFormat) + "); nothing was changed");
    return *newest;
}

}  // namespace

Result<void> MarkFile::create(const std::string& path, const Mark& mark) {
    // Both slots in full: no later write has to allocate or to grow the file.
    return write_file_durably(path, encode({mark, 1}) + encode({mark, 2}));
}

Result<Mark> MarkFile::read(const std::string& path) {
    ATTUNE_TRY(const Slot slot, read_slot(path));
    return slot.mark;
}

Result<std::unique_ptr<MarkFile>> MarkFile::open(const std::string& path, Sync sync) {
    ATTUNE_TRY(const Slot slot, read_slot(path));
    const int file = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
    if (file < 0) return file_error("open", path, errno);
    if (!sync) sync = [](int fd) { return ::fdatasync(fd); };
    return std::unique_ptr<MarkFile>(
        new MarkFile(file, std::move(sync), slot.mark, slot.generation));
}

MarkFile::~MarkFile() { ::close(file_); }

Result<void> MarkFile::write(const Mark& mark) {
    const std::string bytes = encode({mark, generation_ + 1});
    const off_t offset = (generation_ + 1) % 2 == 0 ? kSlotBytes : 0;
    if (::pwrite(file_, bytes.data(), bytes.size(), offset) != static_cast<ssize_t>(bytes.size()))
        return file_error("write", "MARK", errno);
    if (sync_(file_) != 0) return file_error("sync", "MARK", errno);
    ++generation_;
    mark_ = mark;
    return {};
}

}  // namespace attune::store::rocks
