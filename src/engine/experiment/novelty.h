// Whether an effect fades: units that came first against units that came later. Internal to experiment.
//
// What is new is looked at because it is new. An effect of that is gone when the regular visitors have seen it, and they
// are among those who come first. So the effect of the half of the units that was exposed first is compared with that of
// the other half; only units count whose windows are over, since the others have had less time to do anything.
#pragma once

#include "engine/experiment/results.h"

#include <cstddef>

namespace attune::engine {

// Of the metric whose age the tally keeps. `request` says how it is compared otherwise: the effects and their difference are
// watched just as often.
[[nodiscard]] NoveltyCheck check_novelty(const Tally& tally, std::size_t arm,
                                         const learn::ComparisonRequest& request);

}  // namespace attune::engine
