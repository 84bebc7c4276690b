// DiskSpace: whether the file system has room for another commit. RocksDB's log must never meet a full disk (Debian's
// build aborts the process when it does), so writes end while the reserve still holds what memory has to put down.
//
// Thread-safe.
#pragma once

#include "base/result.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace attune::store::rocks {

class DiskSpace {
public:
    // `free_bytes` may be empty: then the file system is asked.
    DiskSpace(std::string directory, std::optional<std::uint64_t> reserve_bytes,
              std::function<std::uint64_t()> free_bytes);

    [[nodiscard]] std::uint64_t reserve() const { return reserve_; }
    // Below the reserve: nothing new is taken.
    [[nodiscard]] bool is_low() const { return free_bytes_() < reserve_; }
    // The same for what is larger than a usual commit: it comes on top, once in the log and once in a table.
    [[nodiscard]] bool is_low_for(std::uint64_t bytes) const {
        return free_bytes_() < reserve_ + 2 * bytes;
    }
    // Below a quarter of it: not even erasures, which write little, dare to go on.
    [[nodiscard]] bool is_out() const { return free_bytes_() < reserve_ / 4; }
    [[nodiscard]] std::unexpected<Error> refusal() const;

private:
    const std::string directory_;
    const std::function<std::uint64_t()> free_bytes_;
    const std::uint64_t reserve_;
};

}  // namespace attune::store::rocks
