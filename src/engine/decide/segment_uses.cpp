#include "engine/decide/segment_uses.h"

#include <algorithm>

namespace attune::engine {

SegmentUsers segment_users(const FlagSet& flags) {
    SegmentUsers users;
    const auto note = [&](const std::vector<LogicRead>& named, const std::string& user) {
        for (const LogicRead& asked : named) {
            auto& all = users[asked.member];
            if (std::ranges::find(all, user) == all.end()) all.push_back(user);
        }
    };
    for (const FlagEvaluator& one : flags.evaluators()) note(one.segments, "evaluator " + one.name);
    for (const Flag& one : flags.flags())
        if (one.targeting) note(one.targeting->segments_named(), "flag " + one.key);
    return users;
}

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
    const SegmentUsers users = segment_users(*set);
    if (const auto found = users.find(segment); found != users.end())
        uses.insert(uses.end(), found->second.begin(), found->second.end());
    return uses;
}

}  // namespace attune::engine
