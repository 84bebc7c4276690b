#include "engine/recommend/placement_set.h"

#include "base/json.h"
#include "domain/describe_placement.h"

#include <algorithm>

namespace attune::engine {
namespace {

Result<std::shared_ptr<const CompiledPlacement>> compile_version(const Definition& one,
                                                                 const Revision& revision) {
    ATTUNE_TRY(auto definition, base::from_json<domain::Placement>(revision.body.text()));
    return CompiledPlacement::compile(one.id, revision.version, std::move(definition));
}

}  // namespace

Result<std::shared_ptr<const PlacementSet>> PlacementSet::compile(
    std::span<const Definition> definitions) {
    auto set = std::make_shared<PlacementSet>();
    for (const Definition& one : definitions) {
        Entry entry;
        ATTUNE_TRY(entry.newest, compile_version(one, one.now()));
        if (const auto& trial = entry.newest->definition.trial) {
            // A version that the history has let go of cannot be tried any more: its variant gets the newest.
            for (const auto& [variant, version] : trial->versions) {
                const auto revision = std::ranges::find(one.history, version, &Revision::version);
                if (revision == one.history.end() || revision->body.is_null()) continue;
                ATTUNE_TRY(entry.by_variant[variant], compile_version(one, *revision));
            }
        }
        set->placements_.emplace(one.id, std::move(entry));
    }
    return set;
}

std::shared_ptr<const CompiledPlacement> PlacementSet::find(std::string_view id) const {
    const auto found = placements_.find(id);
    if (found == placements_.end() || !found->second.newest->is_active()) return nullptr;
    return found->second.newest;
}

std::shared_ptr<const CompiledPlacement> PlacementSet::find(std::string_view id,
                                                            std::string_view variant) const {
    const auto found = placements_.find(id);
    if (found == placements_.end() || !found->second.newest->is_active()) return nullptr;
    const auto& tried = found->second.by_variant;
    const auto on_trial = tried.find(variant);
    return on_trial == tried.end() ? found->second.newest : on_trial->second;
}

std::vector<std::string> segments_of_placement(const base::JsonText& body) {
    auto definition = base::from_json<domain::Placement>(body.text());
    if (!definition) return {};
    const auto compiled = CompiledPlacement::compile({}, 0, *std::move(definition));
    return compiled ? (*compiled)->segments_asked() : std::vector<std::string>();
}

Result<std::vector<std::string>> placements_asking_for(Placements& placements,
                                                       domain::TenantId tenant,
                                                       std::string_view segment) {
    std::vector<std::string> uses;
    ATTUNE_TRY(const auto all, placements.list(tenant));
    for (const Definition& one : *all) {
        const auto asked = segments_of_placement(one.now().body);
        if (std::ranges::find(asked, segment) != asked.end()) uses.push_back("placement " + one.id);
    }
    return uses;
}

std::unique_ptr<Placements> make_placements(store::Store& store, const base::Clock& clock) {
    return std::make_unique<Placements>(
        store, clock,
        DefinitionKind{.collection = "placements", .noun = "placement", .count_max = 1'000},
        [](TenantId, std::span<const Definition> definitions) {
            return PlacementSet::compile(definitions);
        });
}

}  // namespace attune::engine
