// What decides by segments: which definitions ask for one.
#pragma once

#include "base/result.h"
#include "engine/decide/decider.h"

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace attune::engine {

// By segment, what of the flags names it: "flag new-search", "evaluator staff", also where no flag asks for that.
using SegmentUsers = std::map<std::string, std::vector<std::string>, std::less<>>;
[[nodiscard]] SegmentUsers segment_users(const FlagSet& flags);

// "rule dark-at-night", "experiment checkout", "flag new-search", "evaluator staff"; not of experiments that are over.
[[nodiscard]] Result<std::vector<std::string>> segment_uses(TenantId tenant,
                                                            std::string_view segment, Rules& rules,
                                                            Experiments& experiments, Flags& flags);

}  // namespace attune::engine
