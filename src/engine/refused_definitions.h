// What stands aside in all of an engine, and why: definitions that were saved when other rules held (definitions/set_aside.h).
//
//     log_refused_definitions(engine, log);               // once, when a server starts: event=definition.refused …
//     count_refused_definitions(engine)                   // as often as one likes, for metrics
//
// Thread-safe.
#pragma once

#include "base/log.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace attune::engine {

class Engine;

struct RefusedDefinition {
    std::string tenant;
    std::string_view kind;  // "rules", "segments", …
    std::string id;
    std::string reason;
};

// Compiles what was not asked for yet. A kind that cannot be read is left out: whoever needs it is told.
[[nodiscard]] std::vector<RefusedDefinition> refused_definitions(Engine& engine);
// A warning for each.
void log_refused_definitions(Engine& engine, base::Log& log);

// Without looking at any of them: of the tenants that were asked for since the start, which are all once
// refused_definitions() has been asked.
[[nodiscard]] std::size_t count_refused_definitions(Engine& engine);

}  // namespace attune::engine
