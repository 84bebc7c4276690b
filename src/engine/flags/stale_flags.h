// StaleFlag: a flag that may be cleaned up, with the reasons and since when each holds.
#pragma once

#include "base/time.h"
#include "engine/definitions/definition_store.h"
#include "engine/flags/flag_set.h"

#include <optional>
#include <string>
#include <vector>

namespace attune::engine {

struct StaleReason {
    // "not_asked": nobody asked for it. "disabled". "one_variant": everybody gets the same. "rolled_out": its rollout
    // has its last share. "halted": its rollout was halted, and nobody has let it go on.
    std::string reason;
    base::Time since;
    std::string evidence;  // for people
};

struct StaleFlag {
    std::string key;
    std::optional<base::Time> asked_at;   // by itself, as far as is known
    std::optional<base::Time> listed_at;  // among all flags
    std::vector<StaleReason> reasons;
};

// What is so since before `until`. `known_since`: from when on it is known who asked. Empty reasons: it is not stale.
[[nodiscard]] StaleFlag staleness_of(const Definition& definition, const Flag& flag,
                                     base::Time known_since, base::Time until);

}  // namespace attune::engine
