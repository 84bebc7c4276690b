// Placements that every tenant has without writing them down: "default", and the rows of the homepage. One that is saved under
// the same id takes its place.
#pragma once

#include "engine/recommend/compiled_placement.h"

#include <memory>
#include <string_view>

namespace attune::engine {

// Null for an id that is none of them.
[[nodiscard]] std::shared_ptr<const CompiledPlacement> built_in_placement(std::string_view id);

}  // namespace attune::engine
