// MarkFile: the last acknowledged commit, kept durably apart from the database, because recovery may lose the end of
// a log without a word. Two checksummed slots are written in turn, so that a torn write costs only the slot that was
// being written, whose commit was not acknowledged yet.
//
// One thread writes; read before that thread starts.
#pragma once

#include "base/id128.h"
#include "base/result.h"
#include "store/rocksdb/manifest.h"
#include "store/rocksdb/records.h"

#include <functional>
#include <memory>
#include <string>

namespace attune::store::rocks {

inline constexpr std::uint32_t kFormat = 3;

struct Mark {
    std::uint32_t format = kFormat;
    base::Id128 store;  // drawn when the store was made; a restored one keeps it
    base::Id128
        incarnation;  // drawn anew by each restore: file numbers mean something within one only
    Sequence sequence = 0;  // the last acknowledged commit …
    Digest hash;            // … and its chain hash
    Sequence verified =
        0;  // commits up to here were checked or flushed; an open checks the ones after
    ManifestState manifest;  // RocksDB's journal of tables, as it was known to be durable
    bool operator==(const Mark&) const = default;
};

class MarkFile {
public:
    // fdatasync, or what a test puts in its place: 0, or -1 with errno set.
    using Sync = std::function<int(int)>;

    // Fails when there is one.
    [[nodiscard]] static Result<void> create(const std::string& path, const Mark& mark);
    // data_loss when neither slot can be read; failed_precondition when a newer version wrote it.
    [[nodiscard]] static Result<Mark> read(const std::string& path);
    [[nodiscard]] static Result<std::unique_ptr<MarkFile>> open(const std::string& path, Sync sync);

    ~MarkFile();
    MarkFile(const MarkFile&) = delete;
    MarkFile& operator=(const MarkFile&) = delete;

    [[nodiscard]] const Mark& mark() const { return mark_; }
    // Durable when it returns. After a failure the file is not to be written again.
    [[nodiscard]] Result<void> write(const Mark& mark);

private:
    MarkFile(int file, Sync sync, Mark mark, std::uint64_t generation)
        : file_(file), sync_(std::move(sync)), mark_(mark), generation_(generation) {}

    const int file_;
    const Sync sync_;
    Mark mark_;
    std::uint64_t generation_;
};

}  // namespace attune::store::rocks
