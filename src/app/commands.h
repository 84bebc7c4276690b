// The commands, one a file.
#pragma once

#include "app/command.h"

#include <span>

namespace attune::app {

extern const Command kServe;
extern const Command kDoctor;
extern const Command kImport;
extern const Command kExport;
extern const Command kProfile;
extern const Command kConfig;
extern const Command kRecommend;
extern const Command kDefinitionsExport;
extern const Command kDefinitionsApply;
extern const Command kEventsTail;
extern const Command kItemsImport;
extern const Command kItemsList;
extern const Command kItemsGet;
extern const Command kItemsPut;
extern const Command kItemsRemove;
extern const Command kVerify;
extern const Command kLogic;
extern const Command kBackup;
extern const Command kRestore;
extern const Command kKeysCreate;
extern const Command kKeysList;
extern const Command kKeysRevoke;
extern const Command kTenantsCreate;
extern const Command kTenantsList;
extern const Command kTokensRevoke;
extern const Command kSimulate;
extern const Command kBench;
extern const Command kStats;
extern const Command kSimulateBandits;
extern const Command kSimulateExperiments;
extern const Command kSimulateRecommendations;
extern const Command kSimulatePoisoning;
extern const Command kEvalPolicy;
extern const Command kEvalRecommend;
extern const Command kTrain;
extern const Command kModelsList;
extern const Command kModelsShow;
extern const Command kModelsPublish;
extern const Command kModelsRollback;
extern const Command kPlacementsPerformance;
extern const Command kPlacementsLearned;

extern const Command kCall;
[[nodiscard]] std::span<const Command> rule_commands();
[[nodiscard]] std::span<const Command> flag_commands();
[[nodiscard]] std::span<const Command> experiment_commands();

}  // namespace attune::app
