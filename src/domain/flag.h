// What of a flag goes beyond flagd's definitions: a rollout, which gives a variant to a share of people that grows by
// itself, and what it must not make worse.
#pragma once

#include "base/time.h"
#include "domain/experiment.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace attune::domain {

// From a moment on, this share.
struct RolloutStep {
    base::Time at;
    double share = 0;
};

// Between two moments the share grows evenly.
struct RolloutLine {
    base::Time from;
    base::Time until;
    double from_share = 0;
    double to_share = 1;
};

// What those who get the variant must not do worse in than those who do not.
struct Guardrail {
    std::string name;  // the event's, when left out
    std::string event;
    MetricKind kind = MetricKind::conversion;  // or count, or sum
    bool lower_is_better = false;
    std::uint64_t window_seconds = 7 * 86'400;  // after somebody was first given their variant
    std::optional<double> cap;                  // a person's sum counts up to this much
};

// Why nobody gets the variant any more. Written by whoever watches the guardrails, or by people.
struct RolloutHalt {
    base::Time at;
    std::string guardrail;
    double effect = 0;       // of the variant on the guardrail, relative
    std::vector<double> ci;  // its interval, from and to; what made the rollout end
};

struct Rollout {
    std::string variant;
    std::optional<std::string> by;    // a path of the context; targetingKey when left out
    std::optional<std::string> seed;  // the flag's key when left out
    std::vector<RolloutStep> steps;   // or
    std::optional<RolloutLine> linear;
    std::vector<Guardrail> guardrails;
    std::optional<RolloutHalt> halted;
};

}  // namespace attune::domain
