// A Follower in a checkpoint, and what else a QuestionReader keeps: written and read some at a time (follow/reading_keeper.h). Internal
// to experiment.
#pragma once

#include "engine/experiment/choice_counter.h"
#include "engine/experiment/follower.h"
#include "engine/experiment/tally_image.h"
#include "engine/experiment/trails_image.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace attune::engine {

class FollowerSaver {
public:
    explicit FollowerSaver(const Follower& follower)
        : follower_(follower),
          trails_(follower.trails_),
          share_(follower.shares_.shares_.begin()),
          tally_(follower.tally_) {}
    // True when all is written.
    [[nodiscard]] Result<bool> step(CheckpointWriter& to);

    // About as many as it takes.
    [[nodiscard]] static std::uint64_t bytes(const Follower& follower);

private:
    [[nodiscard]] Result<void> begin(CheckpointWriter& to) const;
    [[nodiscard]] Result<void> save_shares(CheckpointWriter& to);

    const Follower& follower_;
    bool is_begun_ = false;
    bool has_trails_ = false;  // written
    TrailsSaver trails_;
    decltype(GroupShares::shares_)::const_iterator share_;
    TallySaver tally_;
};

class FollowerLoader {
public:
    // True when all is read.
    [[nodiscard]] Result<bool> step(CheckpointReader& from);
    // What it was counted for; known from the first step on.
    [[nodiscard]] const std::string& of() const { return of_; }
    // In the place of what it knows. False, and nothing changes, where it follows something else than was followed.
    [[nodiscard]] bool take(Follower& follower) &&;

private:
    using Ids = std::vector<std::pair<base::Id128, base::Id128>>;
    [[nodiscard]] Result<void> begin(CheckpointReader& from);
    [[nodiscard]] static Result<Ids> load_ids(CheckpointReader& from);
    [[nodiscard]] Result<void> load_shares(CheckpointReader& from);

    bool is_begun_ = false;
    std::string of_;
    std::uint64_t since_version_ = 0;
    std::string counted_;
    std::uint64_t units_max_ = 0;
    Ids merged_;
    Ids units_;
    bool has_trails_ = false;  // read
    TrailsLoader trails_;
    std::uint64_t shares_left_ = 0;
    decltype(GroupShares::shares_) shares_;
    TallyLoader tally_;
};

[[nodiscard]] Result<void> put_counter(CheckpointWriter& to, const ChoiceCounter& counter);
// What stands behind the prefix that put_counter() began with; `counter` has counted nothing yet.
[[nodiscard]] Result<void> get_counter(CheckpointReader& from, ChoiceCounter& counter);

}  // namespace attune::engine
