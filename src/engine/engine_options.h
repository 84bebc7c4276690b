// EngineOptions: what each part of an engine is opened with.
#pragma once

#include "base/log.h"
#include "engine/catalogue/catalogue.h"
#include "engine/content/content_models.h"
#include "engine/decisions/decision_log.h"
#include "engine/models/models.h"
#include "engine/profile/people.h"
#include "engine/rollout/rollouts.h"
#include "engine/tenancy/tenants.h"
#include "engine/track/tracker.h"

#include <string>

namespace attune::engine {

struct EngineOptions {
    TenancyOptions tenancy{};
    PeopleOptions people{};
    TrackOptions track{};
    DecisionLogOptions decisions{};
    RolloutOptions rollouts{};
    CatalogueOptions catalogue{};
    ModelsOptions models{};
    ContentOptions content{};
    std::string checkpoint_dir{};  // empty: every start reads all of the log
    base::Log* log = nullptr;      // for what goes wrong where nobody asked; outlives the engine
    std::string backup_dir;        // where backups may be written; empty: nowhere
};

}  // namespace attune::engine
