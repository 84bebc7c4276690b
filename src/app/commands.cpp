#include "app/commands.h"

#include <array>

namespace attune::app {

// Functions, not a table built at start-up: the commands live in other files, whose initialisation
// has no order.
std::span<const Command* const> all_commands() {
    static const std::array<const Command*, 40> all = {&kServe,
                                                       &kDoctor,
                                                       &kImport,
                                                       &kExport,
                                                       &kProfile,
                                                       &kConfig,
                                                       &kRecommend,
                                                       &kDefinitionsExport,
                                                       &kDefinitionsApply,
                                                       &kItemsImport,
                                                       &kItemsList,
                                                       &kItemsGet,
                                                       &kItemsPut,
                                                       &kItemsRemove,
                                                       &kEventsTail,
                                                       &kVerify,
                                                       &kBackup,
                                                       &kRestore,
                                                       &kKeysCreate,
                                                       &kKeysList,
                                                       &kKeysRevoke,
                                                       &kTenantsCreate,
                                                       &kTenantsList,
                                                       &kSimulate,
                                                       &kSimulateExperiments,
                                                       &kSimulateBandits,
                                                       &kSimulateRecommendations,
                                                       &kSimulatePoisoning,
                                                       &kStats,
                                                       &kEvalPolicy,
                                                       &kEvalRecommend,
                                                       &kTrain,
                                                       &kModelsList,
                                                       &kModelsShow,
                                                       &kModelsPublish,
                                                       &kModelsRollback,
                                                       &kPlacementsPerformance,
                                                       &kPlacementsLearned,
                                                       &kLogic,
                                                       &kBench};
    return all;
}

}  // namespace attune::app
