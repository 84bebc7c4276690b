// Checkpoints: where the checkpoints of all readings of an engine are kept, and what became of them.
//
//     Checkpoints checkpoints({.disk = &disk, .clock = &clock, .directory = "data/checkpoints", .log = &log});
//     const Checkpoints::Erasure erasure = checkpoints.begin_erasure();    // none is begun while anybody has one of these
//
// What keeps one reading in a file of it is ReadingKeeper (reading_keeper.h). Thread-safe.
#pragma once

#include "base/disk.h"
#include "base/log.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/tenant.h"

#include <atomic>
#include <memory>
#include <string>
#include <string_view>

namespace attune::engine {

// Without a disk: nowhere.
struct CheckpointPlace {
    base::Disk* disk = nullptr;
    const base::Clock* clock = nullptr;
    std::string directory{};
    // Reading fewer again takes less than a second, which is not worth a checkpoint.
    std::uint64_t after_events = 100'000;
    base::Log* log = nullptr;  // none: what goes wrong is counted only
};

struct CheckpointStats {
    std::uint64_t damaged = 0;  // found where one was to be taken up, and the log was read instead
    std::uint64_t unwritten = 0;  // that could not be written; they are tried again
};

class Checkpoints {
public:
    // What the place names outlives it.
    explicit Checkpoints(CheckpointPlace place = {}) : place_(std::move(place)) {}

    [[nodiscard]] const CheckpointPlace& place() const { return place_; }
    [[nodiscard]] bool are_kept() const { return place_.disk != nullptr; }
    [[nodiscard]] std::string path_of(std::string_view kind, domain::TenantId tenant) const {
        return place_.directory + '/' + std::string(kind) + '-' + std::to_string(tenant.value);
    }

    using Erasure = std::shared_ptr<void>;
    [[nodiscard]] Erasure begin_erasure();
    [[nodiscard]] bool is_erasing() const { return erasures_.load() > 0; }

    // Each says one line in the log. not_found and failed_precondition (another version, other settings) are no damage.
    void tell_unused(const std::string& path, const Error& why);
    void tell_unwritten(const std::string& path, const Error& why);
    [[nodiscard]] CheckpointStats stats() const {
        return {.damaged = damaged_.load(), .unwritten = unwritten_.load()};
    }

private:
    const CheckpointPlace place_;
    std::atomic<int> erasures_ = 0;
    std::atomic<std::uint64_t> damaged_ = 0;
    std::atomic<std::uint64_t> unwritten_ = 0;
};

}  // namespace attune::engine
