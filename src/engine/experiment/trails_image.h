// ExposureTrails in a checkpoint: written and read some at a time (follow/reading_keeper.h). For experiment and bandit.
#pragma once

#include "engine/experiment/exposure_trails.h"
#include "engine/follow/checkpoint_file.h"

#include <cstdint>

namespace attune::engine {

class TrailsSaver {
public:
    // They outlive it, and stay as they are.
    explicit TrailsSaver(const ExposureTrails& trails)
        : trails_(trails.trails_), next_(trails_.begin()) {}
    // True when all is written.
    [[nodiscard]] Result<bool> step(CheckpointWriter& to);
    // About as many as it takes.
    [[nodiscard]] static std::uint64_t bytes(const ExposureTrails& trails);

private:
    const decltype(ExposureTrails::trails_)& trails_;
    bool is_begun_ = false;
    decltype(ExposureTrails::trails_)::const_iterator next_;
};

class TrailsLoader {
public:
    // True when all is read.
    [[nodiscard]] Result<bool> step(CheckpointReader& from);
    // In the place of what they know.
    void take(ExposureTrails& trails) && { trails.trails_ = std::move(trails_); }

private:
    bool is_begun_ = false;
    std::uint64_t left_ = 0;
    decltype(ExposureTrails::trails_) trails_;
};

}  // namespace attune::engine
