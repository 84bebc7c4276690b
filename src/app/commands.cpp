#include "app/commands.h"

#include <initializer_list>
#include <vector>

namespace attune::app {
namespace {

std::vector<const Command*> in_order() {
    std::vector<const Command*> all;
    const auto add = [&all](std::initializer_list<const Command*> commands) {
        all.insert(all.end(), commands);
    };
    const auto add_group = [&all](std::span<const Command> commands) {
        for (const Command& command : commands) all.push_back(&command);
    };
    add({&kServe, &kDoctor, &kImport, &kExport, &kProfile, &kConfig, &kRecommend,
         &kDefinitionsExport, &kDefinitionsApply});
    add_group(rule_commands());
    add_group(experiment_commands());
    add_group(flag_commands());
    add({&kItemsImport,
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
         &kTokensRevoke,
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
         &kPlacementsLearned});
    add({&kCall, &kLogic, &kBench});
    return all;
}

}  // namespace

// Functions, not a table built at start-up: the commands live in other files, whose initialisation
// has no order.
std::span<const Command* const> all_commands() {
    static const std::vector<const Command*> all = in_order();
    return all;
}

}  // namespace attune::app
