#include "store/rocksdb/manifest.h"

#include "store/rocksdb/codec.h"
#include "store/rocksdb/files.h"

#include <xxhash.h>

#include <charconv>
#include <optional>

namespace attune::store::rocks {
namespace {

// The log format: blocks of 32 KiB hold fragments, each behind a checksum (4 bytes), its size (2, little-endian) and its type.
constexpr std::size_t kBlock = 32'768;
constexpr std::size_t kHeader = 7;
enum Fragment : std::uint8_t { kFull = 1, kFirst = 2, kMiddle = 3, kLast = 4 };

// The fields of a version edit that RocksDB writes before and up to the sequence. Newer ones end the look at this edit.
enum Tag : std::uint64_t {
    kComparator = 1,
    kLogNumber = 2,
    kNextFile = 3,
    kLastSequence = 4,
    kPreviousLog = 9,
    kMinLogToKeep = 10,
    kMaxColumnFamily = 203,
    kDatabaseId = 8'193,
};

std::optional<std::uint64_t> last_sequence(std::string_view edit) {
    Reader reader(edit);
    while (reader.ok() && !reader.rest().empty()) {
        switch (reader.varint()) {
            case kLastSequence: {
                const std::uint64_t sequence = reader.varint();
                return reader.ok() ? std::optional(sequence) : std::nullopt;
            }
            case kComparator:
            case kDatabaseId:
                (void)reader.sized();
                break;
            case kLogNumber:
            case kNextFile:
            case kPreviousLog:
            case kMinLogToKeep:
            case kMaxColumnFamily:
                (void)reader.varint();
                break;
            default:
                return std::nullopt;
        }
    }
    return std::nullopt;
}

// Walks the edits until `visit` answers false or something is not as the log format has it.
template <class Visit>
void walk_edits(std::string_view file, const Visit& visit) {
    std::string pieces;
    for (; !file.empty(); file.remove_prefix(std::min(kBlock, file.size()))) {
        Reader block(file.substr(0, kBlock));
        while (block.rest().size() >= kHeader) {
            (void)block.bytes(4);
            const std::uint64_t size = block.u8() | std::uint64_t{block.u8()} << 8;
            const std::uint8_t type = block.u8();
            if (type == 0) break;  // the rest of the block is padding
            const std::string_view fragment = block.bytes(size);
            if (!block.ok() || type > kLast) return;
            if (type == kFull || type == kFirst) pieces.clear();
            pieces += fragment;
            if ((type == kFull || type == kLast) && !visit(pieces)) return;
        }
    }
}

constexpr std::string_view kPrefix = "MANIFEST-";

struct Manifest {
    std::string name;
    std::string bytes;
};

// The one that CURRENT names; nothing when there is none.
Result<std::optional<Manifest>> read_manifest(const std::string& path) {
    if (!exists(path + "/CURRENT")) return std::nullopt;
    ATTUNE_TRY(std::string name, read_file(path + "/CURRENT"));
    while (name.ends_with('\n')) name.pop_back();
    if (name.find('/') != std::string::npos || !exists(path + "/" + name)) return std::nullopt;
    ATTUNE_TRY(std::string bytes, read_file(path + "/" + name));
    return Manifest{.name = std::move(name), .bytes = std::move(bytes)};
}

std::uint64_t number_of(std::string_view name) {
    std::uint64_t number = 0;
    if (name.starts_with(kPrefix))
        (void)std::from_chars(name.data() + kPrefix.size(), name.data() + name.size(), number);
    return number;
}

}  // namespace

Result<ManifestState> manifest_state(const std::string& path) {
    ATTUNE_TRY(const auto manifest, read_manifest(path));
    if (!manifest) return ManifestState{};
    return ManifestState{.number = number_of(manifest->name),
                         .bytes = manifest->bytes.size(),
                         .hash = XXH3_64bits(manifest->bytes.data(), manifest->bytes.size())};
}

Result<ManifestFate> fate_of_manifest(const std::string& path, const ManifestState& noted) {
    ATTUNE_TRY(const auto manifest, read_manifest(path));
    if (!manifest || noted.number == 0 || number_of(manifest->name) != noted.number)
        return ManifestFate::replaced;
    const std::string& bytes = manifest->bytes;
    const bool is_whole =
        bytes.size() >= noted.bytes && XXH3_64bits(bytes.data(), noted.bytes) == noted.hash;
    return is_whole ? ManifestFate::whole : ManifestFate::damaged;
}

Result<void> check_manifest(const std::string& path) {
    ATTUNE_TRY(const auto manifest, read_manifest(path));
    if (!manifest) return {};
    std::uint64_t last = 0;
    bool goes_back = false;
    walk_edits(manifest->bytes, [&](std::string_view edit) {
        const auto sequence = last_sequence(edit);
        goes_back = sequence && *sequence < last;
        if (sequence) last = *sequence;
        return !goes_back;
    });
    if (!goes_back) return {};
    return fail(Code::data_loss,
                "'" + path + "/" + manifest->name + "' is damaged: it goes back in time");
}

}  // namespace attune::store::rocks
