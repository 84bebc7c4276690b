#include "engine/refused_definitions.h"

#include "engine/decide/decider.h"
#include "engine/engine.h"
#include "engine/experiment/experiments.h"
#include "engine/flags/flags.h"
#include "engine/recommend/placement_set.h"
#include "engine/segment/segments.h"
#include "engine/tenancy/tenants.h"

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

void log_refused_definitions(Engine& engine, base::Log& log) {
    for (const RefusedDefinition& one : refused_definitions(engine))
        log.warning(
            "definition.refused",
            {{"tenant", one.tenant}, {"kind", one.kind}, {"id", one.id}, {"reason", one.reason}});
}

std::size_t count_refused_definitions(Engine& engine) {
    return engine.segments().refused_count() + engine.rules().refused_count() +
           engine.flags().refused_count() + engine.experiments().refused_count() +
           engine.placements().refused_count();
}

}  // namespace attune::engine
