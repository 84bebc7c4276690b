// What answers about placements say beside them: what of each comes to nothing as things are.
#pragma once

#include "api/call.h"
#include "engine/recommend/placement_warnings.h"

#include <string>
#include <string_view>
#include <vector>

namespace attune::api {

// Of the calling tenant, at this moment; once for all that an answer shows.
[[nodiscard]] Result<engine::PlacementCircumstances> placement_circumstances(const Call& call);

// Of what cannot be read (it was saved when it could), nothing.
[[nodiscard]] std::vector<std::string> warnings_of(const engine::Definition& saved,
                                                   const engine::PlacementCircumstances& around);

// The property of a schema.
inline constexpr std::string_view kPlacementWarnings =
    R"("warnings":{"type":"array","items":{"type":"string"},"description":"What of it comes to nothing as things are, each with its place: a pin of an item that there is not, a segment that nobody is in."})";

}  // namespace attune::api
