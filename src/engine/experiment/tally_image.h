// A Tally in a checkpoint: written and read some at a time. What is read is exactly what was written, for the same question. Internal
// to experiment; who uses it: follower_image.h.
#pragma once

#include "engine/experiment/tally.h"
#include "engine/follow/checkpoint_file.h"

#include <optional>
#include <vector>

namespace attune::engine {

class TallySaver {
public:
    explicit TallySaver(const Tally& tally) : tally_(tally), unit_(tally.units_.begin()) {}
    // True when all is written.
    [[nodiscard]] Result<bool> step(CheckpointWriter& to);
    // About as many as it takes.
    [[nodiscard]] static std::uint64_t bytes(const Tally& tally);

private:
    [[nodiscard]] Result<void> save_sums(CheckpointWriter& to) const;
    [[nodiscard]] Result<void> save_units(CheckpointWriter& to);
    [[nodiscard]] Result<void> save_values(CheckpointWriter& to);

    const Tally& tally_;
    bool is_begun_ = false;
    boost::unordered_flat_map<UnitKey, Tally::Unit, base::Id128Hash>::const_iterator unit_;
    std::size_t value_ = 0;
};

class TallyLoader {
public:
    // True when all is read. data_loss where numbers do not fit together.
    [[nodiscard]] Result<bool> step(CheckpointReader& from);
    // In the place of what it knows. False, and nothing changes, where it is of another question.
    [[nodiscard]] bool take(Tally& tally) &&;

private:
    struct SavedCounts {
        std::vector<std::uint64_t> units;
        std::vector<learn::SampleSums> sums;
        std::vector<QuantileSketch> sketches;
    };
    [[nodiscard]] Result<void> load_sums(CheckpointReader& from);
    [[nodiscard]] Result<void> load_ages(CheckpointReader& from);
    [[nodiscard]] Result<void> load_units(CheckpointReader& from);
    [[nodiscard]] Result<void> load_values(CheckpointReader& from);
    [[nodiscard]] static Result<SavedCounts> load_counts(CheckpointReader& from);
    [[nodiscard]] static bool fits(const SavedCounts& saved, const Tally::Counts& counts);
    static void put(SavedCounts saved, Tally::Counts& counts);

    bool is_begun_ = false;
    std::uint64_t units_left_ = 0;
    std::uint64_t values_left_ = 0;
    std::vector<std::uint64_t> versions_;
    std::map<std::uint64_t, std::vector<std::uint64_t>> drawn_;
    std::vector<std::string> segments_;
    std::optional<SavedCounts> all_;
    std::vector<SavedCounts> of_segments_;
    std::optional<AgeBuckets> ages_;
    std::vector<std::uint32_t> spare_;
    boost::unordered_flat_map<UnitKey, Tally::Unit, base::Id128Hash> units_;
    Tally::Share values_;
};

[[nodiscard]] Result<void> put_share(CheckpointWriter& to, const Tally::Share& share);
[[nodiscard]] Result<Tally::Share> get_share(CheckpointReader& from);

}  // namespace attune::engine
