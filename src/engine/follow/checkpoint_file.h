// A checkpoint of a reading of the log: what it came to up to some position, in a file, so that a start does not read all of
// the log again. Written and read in order, some at a time, with the memory of one block.
//
//     ATTUNE_TRY(auto writer, CheckpointWriter::create(disk, path, {.kind = "activity", .version = 1}));
//     ATTUNE_TRY_VOID(writer.put(std::uint64_t{7}));
//     ATTUNE_TRY_VOID(writer.put(std::span<const Touch>(touches)));   // of a trivially copyable type
//     ATTUNE_TRY_VOID(writer.finish());                               // from here on, and not before, it takes the old one's place
//
//     ATTUNE_TRY(auto reader, CheckpointReader::open(disk, path, {.kind = "activity", .version = 1}));
//     ATTUNE_TRY(const auto seven, reader.get<std::uint64_t>());
//     ATTUNE_TRY(const auto touches, reader.array<Touch>(1'000'000)); // no longer than that
//     ATTUNE_TRY_VOID(reader.finish());                               // nothing is behind it, nothing is missing
//
// Every block has a checksum and a number, and the last one is marked: what is not exactly as it was written is data_loss. A file of
// another kind or version is failed_precondition, as is one that is sound and of no use here; not_found: there is none. Then the log
// is read instead. Other errors are the disk's. docs/formats/checkpoint.md has the bytes. Not thread-safe.
#pragma once

#include "base/disk.h"
#include "base/result.h"

#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace attune::engine {

struct CheckpointFormat {
    std::string_view kind;  // at most 255 bytes
    std::uint32_t version =
        1;  // of what is in it; raised when that, or what is read out of an event, changes
};

class CheckpointWriter {
public:
    // The disk outlives it. Makes the directory, and writes beside `path` until it is finished. resource_exhausted "disk_full"
    // where `bytes`, which is about as many as will be written, leave too little room for the store.
    [[nodiscard]] static Result<CheckpointWriter> create(base::Disk& disk, std::string path,
                                                         const CheckpointFormat& format,
                                                         std::uint64_t bytes = 0);
    CheckpointWriter(CheckpointWriter&&) = default;
    CheckpointWriter& operator=(CheckpointWriter&&) = delete;
    ~CheckpointWriter();  // one that is not finished leaves nothing behind

    template <class T>
        requires std::is_arithmetic_v<T>
    [[nodiscard]] Result<void> put(T value) {
        return put_bytes({reinterpret_cast<const char*>(&value), sizeof(T)});
    }
    template <class T>
        requires std::is_trivially_copyable_v<T>
    [[nodiscard]] Result<void> put(std::span<const T> values) {
        ATTUNE_TRY_VOID(put(static_cast<std::uint64_t>(values.size())));
        return put_bytes({reinterpret_cast<const char*>(values.data()), values.size_bytes()});
    }
    [[nodiscard]] Result<void> put(std::string_view text) {
        return put(std::span<const char>(text));
    }
    [[nodiscard]] Result<void> finish();

private:
    CheckpointWriter(base::Disk& disk, std::string path, std::unique_ptr<base::File> file);
    [[nodiscard]] Result<void> put_bytes(std::string_view bytes);
    [[nodiscard]] Result<void> write_block(bool is_last);

    base::Disk* disk_;
    std::string path_;
    std::unique_ptr<base::File> file_;  // none when it is finished
    std::string block_;
    std::uint32_t blocks_ = 0;
    std::uint64_t at_ = 0;
};

class CheckpointReader {
public:
    // Goes on reading what it opened when that is replaced or removed meanwhile.
    [[nodiscard]] static Result<CheckpointReader> open(base::Disk& disk, const std::string& path,
                                                       const CheckpointFormat& format);

    template <class T>
        requires std::is_arithmetic_v<T>
    [[nodiscard]] Result<T> get() {
        T value{};
        ATTUNE_TRY_VOID(get_bytes({reinterpret_cast<char*>(&value), sizeof(T)}));
        return value;
    }
    template <class T>
        requires std::is_trivially_copyable_v<T>
    [[nodiscard]] Result<std::vector<T>> array(std::uint64_t size_max) {
        ATTUNE_TRY(const auto size, length(size_max));
        std::vector<T> values(size);
        ATTUNE_TRY_VOID(get_bytes({reinterpret_cast<char*>(values.data()), size * sizeof(T)}));
        return values;
    }
    [[nodiscard]] Result<std::string> text(std::uint64_t size_max);
    // data_loss when there is more, or the end is missing.
    [[nodiscard]] Result<void> finish();
    // What somebody says whose numbers do not fit together; and who finds it sound, but of something else than is asked for.
    [[nodiscard]] std::unexpected<Error> damaged() const;
    [[nodiscard]] std::unexpected<Error> is_of_another(std::string_view what) const;

private:
    CheckpointReader(std::string path, std::unique_ptr<base::File> file);
    [[nodiscard]] Result<std::size_t> length(std::uint64_t size_max);
    [[nodiscard]] Result<void> get_bytes(std::span<char> out);
    [[nodiscard]] Result<void> read_block();

    std::string path_;
    std::unique_ptr<base::File> file_;
    std::vector<char> block_;
    std::size_t used_ = 0;  // of the block
    std::uint32_t blocks_ = 0;
    std::uint64_t at_ = 0;
    bool is_last_ = false;
};

// With what an unfinished writer of a process that died may have left. Durable. Nothing there is fine. unavailable
// "checkpoint_stays" says which file is still there, and what to do about it.
[[nodiscard]] Result<void> remove_checkpoint(base::Disk& disk, const std::string& path);

}  // namespace attune::engine
