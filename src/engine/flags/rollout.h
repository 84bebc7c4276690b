// CompiledRollout: which share of people a flag gives a variant to, at any moment, and who belongs to it.
//
//     ATTUNE_TRY(const auto rollout, CompiledRollout::compile("new-search", definition));
//     const auto now = rollout.at(clock.now());             // the share, and the stage it belongs to
//     if (rollout.holds("ann", now.share)) …                // ann stays in as the share grows
//
// A person has one place between 0 and 1 for as long as the flag has its key (or the seed stays), and is in whenever the
// share is larger: murmur3(seed + unit) / 2^32, which is flagd's `fractional`. So who was in by
// {"fractional": [["on", 5], ["off", 95]]} is in by a rollout of 0.05. Frozen.
//
// With guardrails a rollout goes through stages of one share each, so that those who are in and those who are out can be
// compared as they are at one time; a line is walked in ten of them. Immutable and thread-safe.
#pragma once

#include "base/result.h"
#include "base/time.h"
#include "domain/flag.h"
#include "engine/logic/logic.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace attune::engine {

struct RolloutStage {
    base::Time from;
    double share = 0;
    std::string of;  // as decisions name it: "flag:new-search@0.05"
};

class CompiledRollout {
public:
    // invalid_argument names the member: "/steps/1/share".
    [[nodiscard]] static Result<CompiledRollout> compile(std::string_view key,
                                                         domain::Rollout definition);

    struct Now {
        double share = 0;
        const RolloutStage* stage =
            nullptr;  // of a line without guardrails, and before the first: null
    };
    [[nodiscard]] Now at(base::Time time) const;
    // When it has its last share, and when that began; nothing of one that was halted.
    [[nodiscard]] std::optional<base::Time> ends_at() const;
    [[nodiscard]] double last_share() const;

    // Where somebody stands, in [0, 1).
    [[nodiscard]] double place_of(std::string_view unit) const;
    [[nodiscard]] bool holds(std::string_view unit, double share) const {
        return place_of(unit) < share;
    }
    // Who is asked about. Empty: the context does not say, or not as a text.
    [[nodiscard]] std::optional<std::string_view> unit_in(const LogicValue& context) const;

    // Whether it is compared at this stage: there is something to guard, and somebody on either side.
    [[nodiscard]] bool is_compared(const RolloutStage& stage) const {
        return is_guarded() && stage.share > 0 && stage.share < 1;
    }
    [[nodiscard]] bool is_guarded() const {
        return !definition_.guardrails.empty() && !definition_.halted;
    }
    [[nodiscard]] const domain::Rollout& definition() const { return definition_; }
    // How many of them are compared: between so many the risk of a false alarm is shared.
    [[nodiscard]] std::size_t compared_stages() const;

private:
    explicit CompiledRollout(domain::Rollout definition) : definition_(std::move(definition)) {}
    Result<void> check() const;
    Result<void> check_guardrails();
    void make_stages(std::string_view key);

    domain::Rollout definition_;
    std::string seed_;
    std::vector<std::string> path_;  // of the unit; of targetingKey one
    std::vector<RolloutStage> stages_;
};

}  // namespace attune::engine
