// RewardedDraws in a checkpoint: written and read some at a time (follow/reading_keeper.h). Internal to bandit; who uses it:
// bandits_image.h.
#pragma once

#include "engine/bandit/rewarded_draws.h"
#include "engine/experiment/trails_image.h"

#include <cstdint>
#include <deque>
#include <vector>

namespace attune::engine {

class DrawsSaver {
public:
    // They outlive it, and stay as they are.
    explicit DrawsSaver(const RewardedDraws& draws)
        : draws_(draws),
          open_(draws.open_.begin()),
          oldest_(draws.oldest_.begin()),
          current_(draws.current_.begin()),
          decided_(draws.decided_.begin()),
          trails_(draws.trails_) {}
    // True when all is written.
    [[nodiscard]] Result<bool> step(CheckpointWriter& to);
    // About as many as it takes.
    [[nodiscard]] static std::uint64_t bytes(const RewardedDraws& draws);

private:
    [[nodiscard]] Result<void> save_open(CheckpointWriter& to);

    const RewardedDraws& draws_;
    bool is_begun_ = false;
    decltype(RewardedDraws::open_)::const_iterator open_;
    decltype(RewardedDraws::oldest_)::const_iterator oldest_;
    decltype(RewardedDraws::current_)::const_iterator current_;
    decltype(RewardedDraws::decided_)::const_iterator decided_;
    TrailsSaver trails_;
};

class DrawsLoader {
public:
    // True when all is read. data_loss where numbers do not fit together.
    [[nodiscard]] Result<bool> step(CheckpointReader& from);
    // Whether they can be of such a bandit.
    struct Of {
        std::size_t arms = 0;     // the last one is the holdout
        std::uint64_t rows = 0;   // that the listener has had, of draws that are not held out
        std::size_t numbers = 0;  // that it keeps of each
    };
    [[nodiscard]] bool fit(const Of& of) const;
    // In the place of what they know.
    void take(RewardedDraws& draws) &&;

private:
    [[nodiscard]] Result<void> load_open(CheckpointReader& from);
    [[nodiscard]] Result<bool> load_names(CheckpointReader& from);

    bool is_begun_ = false;
    base::Time now_{};
    std::uint64_t open_left_ = 0;
    std::uint64_t oldest_left_ = 0;
    std::uint64_t current_left_ = 0;
    std::uint64_t decided_left_ = 0;
    decltype(RewardedDraws::open_) open_;
    decltype(RewardedDraws::oldest_) oldest_;
    decltype(RewardedDraws::current_) current_;
    decltype(RewardedDraws::decided_) decided_;
    TrailsLoader trails_;
};

// The numbers of many, one after the other.
class NumbersReader {
public:
    [[nodiscard]] static Result<NumbersReader> read(CheckpointReader& from, std::size_t most);
    // data_loss where there are not so many left.
    [[nodiscard]] Result<std::vector<float>> next(const CheckpointReader& from, std::uint64_t size);

private:
    std::vector<float> numbers_;
    std::size_t at_ = 0;
};

}  // namespace attune::engine
