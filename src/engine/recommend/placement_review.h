// A look at a placement before it is saved: what would be too costly to ask of the catalogue as it is, and what could never show
// anything.
//
//     ATTUNE_TRY_VOID(check_sense(*compiled));
//     ATTUNE_TRY_VOID(check_costs(*compiled, *snapshot, now));
//
// Where the catalogue changes later on, ConditionWork still bounds every answer; this tells whoever writes a condition while they
// look at it.
#pragma once

#include "engine/catalogue/catalogue_snapshot.h"
#include "engine/recommend/compiled_placement.h"

namespace attune::engine {

// invalid_argument at "/filter" where it holds for no item whatever is in it: it is never true, or wants one thing to be two at once.
[[nodiscard]] Result<void> check_sense(const CompiledPlacement& placement);

// invalid_argument names the condition ("/filter", "/boosts/1/condition") that takes more than ConditionWork::kItemSteps steps
// for one of some items of the catalogue, asked for nobody. Milliseconds at most.
[[nodiscard]] Result<void> check_costs(const CompiledPlacement& placement,
                                       const CatalogueSnapshot& catalogue, base::Time now);

}  // namespace attune::engine
