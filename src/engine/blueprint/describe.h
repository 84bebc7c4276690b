// The wire form of what applying a blueprint did.
#pragma once

#include "base/json.h"
#include "engine/blueprint/blueprint.h"

namespace attune::engine {

BOOST_DESCRIBE_ENUM(BlueprintChange, created, changed, removed)
BOOST_DESCRIBE_STRUCT(BlueprintStep, (), (kind, id, change))
BOOST_DESCRIBE_STRUCT(BlueprintPlan, (), (steps, unchanged, applied, warnings))

}  // namespace attune::engine
