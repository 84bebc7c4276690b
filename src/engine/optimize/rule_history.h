// RuleHistory: since when a rule is what it is. What was measured while it said something else, to others, or in another
// place, is no evidence about it; its words, tags, owner, priority, schedule and rollout may change freely.
//
//     ATTUNE_TRY(const RuleHistory history, history_of(definition));
//     history.since_version                                 // choices of this version and later ones count
//
// Pure functions.
#pragma once

#include "base/result.h"
#include "base/time.h"
#include "domain/rule.h"
#include "engine/definitions/definition_store.h"

#include <optional>

namespace attune::engine {

struct RuleHistory {
    domain::Rule rule;  // as it is now
    std::uint64_t since_version = 0;
    base::Time since;
    std::optional<base::Time> active_since;  // unbroken, while it was what it is
};

// Of one that is not removed. invalid_argument when its body is no rule.
[[nodiscard]] Result<RuleHistory> history_of(const Definition& definition);

}  // namespace attune::engine
