// What of a placement comes to nothing as things are: it is saved all the same, since what it names may come later, but whoever wrote
// it should hear of it while they look at it.
//
//     for (const std::string& warning : placement_warnings(*compiled, {.catalogue = *catalogue, …}))
//         // "/pins/0/item_id: there is no item 'novel'"
//
// What could never come to anything is refused instead (placement_review.h). Reads memory.
#pragma once

#include "engine/catalogue/catalogue_snapshot.h"
#include "engine/definitions/definition_store.h"
#include "engine/experiment/experiment_set.h"
#include "engine/recommend/compiled_placement.h"
#include "engine/segment/segment_set.h"

#include <string>
#include <vector>

namespace attune::engine {

struct PlacementCircumstances {
    const CatalogueSnapshot& catalogue;
    const SegmentSet& segments;
    const ExperimentSet& experiments;
    const Definition& saved;  // the placement with its history: trials name versions of it
    base::Time now;
};

// Each begins with the place; none is the rule.
[[nodiscard]] std::vector<std::string> placement_warnings(const CompiledPlacement& placement,
                                                          const PlacementCircumstances& around);

}  // namespace attune::engine
