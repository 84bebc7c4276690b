#include "engine/optimize/rule_questions.h"

#include "engine/optimize/rule_history.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace attune::engine {

domain::Experiment experiment_of(const domain::Rule& rule) {
    domain::Experiment split;
    split.name = rule.name;
    split.variants = {{.name = "holdout", .weight = kRuleHoldout, .config = {}},
                      {.name = "applied", .weight = 1 - kRuleHoldout, .config = {}}};
    split.metrics = {{.name = "goal",
                      .role = domain::MetricRole::primary,
                      .kind = domain::MetricKind::conversion,
                      .event = rule.goal.value_or("")}};
    if (rule.goal_window_seconds) split.metrics.front().window_seconds = *rule.goal_window_seconds;
    return split;
}

Result<std::shared_ptr<const Questions>> RuleQuestions::questions(TenantId tenant) {
    ATTUNE_TRY(const auto set, rules_.of(tenant));
    const base::MutexLock lock(mutex_);
    Tenant& cached = tenants_[tenant];
    if (cached.of == set) return cached.questions;
    ATTUNE_TRY(const auto definitions, rules_.list(tenant));
    learn(cached, *definitions);
    cached.of = set;
    return cached.questions;
}

// Only those are read that changed since.
void RuleQuestions::learn(Tenant& tenant, const std::vector<Definition>& definitions) const {
    std::map<std::string, Known, std::less<>> known;
    std::vector<const Known*> asked;
    for (const Definition& one : definitions) {
        Known& now = known[one.id];
        const auto before = tenant.known.find(one.id);
        if (before != tenant.known.end() && before->second.version == one.now().version) {
            now = std::move(before->second);
        } else {
            now.version = one.now().version;
            const auto history = history_of(one);
            const bool is_asked =
                history && history->rule.goal && history->rule.status != domain::RuleStatus::draft;
            if (is_asked) {
                now.since = history->since;
                now.question = {.of = std::string(kRuleChoice) + one.id,
                                .definition = std::make_shared<const domain::Experiment>(
                                    experiment_of(history->rule)),
                                .since_version = history->since_version,
                                .units_max = people_max_};
            }
        }
        if (now.question) asked.push_back(&now);
    }
    std::ranges::sort(asked, {},
                      [](const Known* one) { return std::pair(one->since, one->question->of); });
    if (asked.size() > kRuleGoalsMax) asked.resize(kRuleGoalsMax);
    auto questions = std::make_shared<Questions>();
    for (const Known* one : asked) questions->list.push_back(*one->question);
    if (!definitions.empty()) questions->counted = kRuleChoice;
    tenant.known = std::move(known);
    tenant.questions = std::move(questions);
}

}  // namespace attune::engine
