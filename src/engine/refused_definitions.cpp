#include "engine/refused_definitions.h"

#include "engine/engine.h"

namespace attune::engine {

std::vector<RefusedDefinition> refused_definitions(Engine& engine) {
    std::vector<RefusedDefinition> refused;
    for (const auto& document : engine.tenants().list()) {
        const auto tenant = engine.tenants().find(document.tenant.id);
        if (!tenant) continue;  // removed meanwhile
        const auto collect = [&](std::string_view kind, auto& definitions) {
            const auto all = definitions.list(*tenant);
            if (!all) return;
            for (const Definition& one : **all)
                if (!one.refused.empty())
                    refused.push_back({document.tenant.id, kind, one.id, one.refused});
        };
        collect("segments", engine.segments());
        collect("rules", engine.rules());
        collect("flags", engine.flags());
        collect("experiments", engine.experiments());
        collect("placements", engine.placements());
    }
    return refused;
}

}  // namespace attune::engine
