// PolicyTargets: what a policy would have chosen, by what was known. Internal to bandit. Not thread-safe.
#pragma once

#include "base/json_document.h"
#include "base/result.h"
#include "engine/bandit/what_if.h"
#include "engine/logic/logic.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace attune::engine {

class PolicyTargets {
public:
    using Target = std::vector<std::pair<std::string, double>>;  // probabilities by arm

    // invalid_argument: neither or both are given, the weights do not sum to 1, the logic does not compile.
    [[nodiscard]] static Result<PolicyTargets> of(const WhatIfPolicy& policy);

    // invalid_argument: the logic gives nothing that is a choice there.
    [[nodiscard]] Result<Target> target(base::JsonView features) const;

private:
    PolicyTargets(Target fixed, std::optional<Logic> logic)
        : fixed_(std::move(fixed)), logic_(std::move(logic)) {}

    Target fixed_;
    std::optional<Logic> logic_;
};

}  // namespace attune::engine
