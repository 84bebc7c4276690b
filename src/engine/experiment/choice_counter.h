// ChoiceCounter: in how many decisions each rule (or flag) had a say, and when last, by the version that it had. Cheap
// enough to count all of them: so that one can be told that never matches. Internal to experiment. Not thread-safe.
#pragma once

#include "base/keyed_hash.h"
#include "base/time.h"
#include "engine/experiment/exposure.h"
#include "engine/experiment/log_listener.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace attune::engine {

class CheckpointReader;
class CheckpointWriter;

struct ChoiceCount {
    std::uint64_t decisions = 0;
    base::Time last;  // by the clock of the log; of none: the epoch

    bool operator==(const ChoiceCount&) const = default;
};

class ChoiceCounter final : public LogListener {
public:
    // Counts what begins with `prefix`, read from behind `from`.
    ChoiceCounter(std::string prefix, store::Position from);

    [[nodiscard]] bool cares_about(const ReadEvent& event) const override;
    [[nodiscard]] Result<void> take(const FollowedEvent& event) override;

    // Of versions from `since_version` on.
    [[nodiscard]] ChoiceCount count(std::string_view of, std::uint64_t since_version) const;
    // Decisions of any kind since a time, by whole days (UTC): those of its day are counted.
    [[nodiscard]] std::uint64_t decisions_since(base::Time time) const;
    // Whether there were more names than are counted: a name that has no count may have been among them.
    [[nodiscard]] bool is_full() const { return is_full_; }

private:
    friend Result<void> put_counter(CheckpointWriter& to, const ChoiceCounter& counter);
    friend Result<void> get_counter(CheckpointReader& from, ChoiceCounter& counter);

    struct OfVersion {
        std::uint64_t version = 0;
        ChoiceCount count;
    };
    const std::string prefix_;
    // By name; the versions in their order.
    base::KeyedMap<std::string, std::vector<OfVersion>> counts_;
    bool is_full_ = false;
    std::map<std::int64_t, std::uint64_t> by_day_;  // of the newest days; all decisions
};

}  // namespace attune::engine
