// A BanditLearner in a checkpoint: written and read some at a time (follow/reading_keeper.h). Internal to bandit; who uses it:
// bandits_image.h.
#pragma once

#include "engine/bandit/bandit_learner.h"
#include "engine/follow/checkpoint_file.h"

#include <cstdint>
#include <deque>
#include <vector>

namespace attune::engine {

class LearnerSaver {
public:
    // It outlives it, and stays as it is.
    explicit LearnerSaver(const BanditLearner& learner)
        : learner_(learner), next_(learner.pending_.begin()) {}
    // True when all is written.
    [[nodiscard]] Result<bool> step(CheckpointWriter& to);
    // About as many as it takes.
    [[nodiscard]] static std::uint64_t bytes(const BanditLearner& learner);

private:
    [[nodiscard]] Result<void> save_sums(CheckpointWriter& to) const;

    const BanditLearner& learner_;
    bool is_begun_ = false;
    decltype(BanditLearner::pending_)::const_iterator next_;
};

class LearnerLoader {
public:
    // True when all is read. data_loss where numbers do not fit together.
    [[nodiscard]] Result<bool> step(CheckpointReader& from);
    // Draws that were not held out.
    [[nodiscard]] std::uint64_t rows() const { return settled_ + pending_.size(); }
    [[nodiscard]] bool fits(const BanditLearner& learner) const;
    // In the place of what it knows; it fits.
    void take(BanditLearner& learner) &&;

private:
    [[nodiscard]] Result<void> load_sums(CheckpointReader& from);

    bool is_begun_ = false;
    std::uint64_t left_ = 0;
    std::uint64_t settled_ = 0;
    std::vector<WeighedSums> sums_;
    BanditKnowledge knowledge_;
    decltype(BanditLearner::pending_) pending_;
};

}  // namespace attune::engine
