// What decides by segments: which definitions ask for one.
#pragma once

#include "base/result.h"
#include "engine/decide/decider.h"

#include <string>
#include <string_view>
#include <vector>

namespace attune::engine {

// "rule dark-at-night", "experiment checkout", "flag new-search"; not of experiments that are over.
[[nodiscard]] Result<std::vector<std::string>> segment_uses(TenantId tenant,
                                                            std::string_view segment, Rules& rules,
                                                            Experiments& experiments, Flags& flags);

}  // namespace attune::engine
