#include "engine/decide/segment_uses.h"

#include <algorithm>

namespace attune::engine {

Result<std::vector<std::string>> segment_uses(TenantId tenant, std::string_view segment,
                                              Rules& rules, Experiments& experiments,
                                              Flags& flags) {
    std::vector<std::string> uses;
    ATTUNE_TRY(const auto all_rules, rules.list(tenant));
    for (const Definition& one : *all_rules)
        if (asks_for_segment(one, "condition", segment)) uses.push_back("rule " + one.id);
    ATTUNE_TRY(const auto all_experiments, experiments.list(tenant));
    ATTUNE_TRY(const auto compiled, experiments.of(tenant));
    for (const Definition& one : *all_experiments) {
        const CompiledExperiment* known = compiled->find(one.id);
        const bool is_over =
            known != nullptr && known->definition.status == domain::ExperimentStatus::concluded;
        if (!is_over && asks_for_segment(one, "audience", segment))
            uses.push_back("experiment " + one.id);
    }
    ATTUNE_TRY(const auto set, flags.of(tenant));
    for (const Flag& one : set->flags()) {
        if (!one.targeting) continue;
        const auto asked = one.targeting->segments_named();
        if (std::ranges::find(asked, segment, &LogicRead::member) != asked.end())
            uses.push_back("flag " + one.key);
    }
    return uses;
}

}  // namespace attune::engine
