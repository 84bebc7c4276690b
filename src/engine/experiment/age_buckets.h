// AgeBuckets: what a metric adds up to in each arm, by when its units were exposed. From them follows whether those who came
// first answer a question differently from those who came later (novelty.h).
//
//     AgeBuckets ages(arms, experiment.started_at);
//     ages.add(arm, exposed_at, {.value = 1});
//     for (std::size_t i = 0; i < ages.size(); ++i) ages.sums(arm, i);
//
// At most kBuckets of equal length, a minute to begin with: when time goes past the last one, neighbours are merged and
// all are twice as long. Where a unit belongs follows from its time alone, so what was added can be removed at any time
// after. Internal to experiment; not thread-safe.
#pragma once

#include "base/result.h"
#include "base/time.h"
#include "learn/stats/sample_sums.h"

#include <cstddef>
#include <optional>
#include <vector>

namespace attune::engine {

class CheckpointReader;
class CheckpointWriter;

class AgeBuckets {
public:
    static constexpr std::size_t kBuckets = 8;

    // Time is counted from `begin`, or from the first unit's exposure.
    AgeBuckets(std::size_t arms, std::optional<base::Time> begin) : arms_(arms), begin_(begin) {}

    void add(std::size_t arm, base::Time exposed_at, const learn::Observation& one);
    // One that was added.
    void remove(std::size_t arm, base::Time exposed_at, const learn::Observation& one);

    // How many there are, first ones first; some may be empty.
    [[nodiscard]] std::size_t size() const { return sums_.size() / arms_; }
    [[nodiscard]] const learn::SampleSums& sums(std::size_t arm, std::size_t bucket) const {
        return sums_[(bucket * arms_) + arm];
    }
    [[nodiscard]] base::Time end_of(std::size_t bucket) const;
    // When the newest unit was exposed.
    [[nodiscard]] base::Time newest() const { return newest_; }

private:
    friend Result<void> put_ages(CheckpointWriter& to, const AgeBuckets& ages);
    friend Result<AgeBuckets> get_ages(CheckpointReader& from);

    learn::SampleSums& cell(std::size_t arm, base::Time exposed_at);
    void merge_neighbours();

    std::size_t arms_;
    std::optional<base::Time> begin_;
    base::Duration length_ = std::chrono::minutes(1);
    base::Time newest_ = base::Time::min();
    std::vector<learn::SampleSums> sums_;  // by bucket and arm
};

}  // namespace attune::engine
