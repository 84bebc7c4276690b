// What stands aside in all of an engine, and why: definitions that were saved when other rules held (definitions/set_aside.h).
// For the log of a server that starts, and its metrics.
//
//     for (const RefusedDefinition& one : refused_definitions(engine))
//         log.warning("definition.refused", {{"kind", one.kind}, {"id", one.id}, …});
//
// Asking compiles what was not asked for yet. Thread-safe. A kind that cannot be read is left out: whoever needs it is told.
#pragma once

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

[[nodiscard]] std::vector<RefusedDefinition> refused_definitions(Engine& engine);

}  // namespace attune::engine
