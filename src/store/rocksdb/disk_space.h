// DiskSpace: whether the file system has room for another commit. RocksDB's log must never meet a full disk (Debian's
// build aborts the process when it does), so writes end while the reserve still holds what memory has to put down.
//
// Thread-safe.
#pragma once

#include "base/result.h"

#include <atomic>
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

    DiskSpace(DiskSpace&& other) noexcept
        : directory_(other.directory_),
          free_bytes_(other.free_bytes_),
          reserve_(other.reserve_),
          was_low_(other.was_low_.load(std::memory_order_relaxed)) {}

    [[nodiscard]] std::uint64_t reserve() const { return reserve_; }
    // Below the reserve: nothing new is taken.
    [[nodiscard]] bool is_low() const {
        const bool low = free_bytes_() < reserve_;
        was_low_.store(low, std::memory_order_relaxed);
        return low;
    }
    // For who asks at every event: the file system is asked only while it is low. Each commit asks by is_low().
    [[nodiscard]] bool is_still_low() const {
        return was_low_.load(std::memory_order_relaxed) && is_low();
    }
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
    mutable std::atomic<bool> was_low_ = true;  // until somebody asked
};

}  // namespace attune::store::rocks
