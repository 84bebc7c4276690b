#include "engine/optimize/rule_history.h"

#include "base/json.h"
#include "domain/describe.h"

#include <algorithm>

namespace attune::engine {
namespace {

bool is_same_action(const domain::RuleAction& a, const domain::RuleAction& b) {
    return a.op == b.op && a.path == b.path && a.value.text() == b.value.text();
}

bool asks_the_same(const domain::Rule& a, const domain::Rule& b) {
    return a.goal == b.goal && a.goal_window_seconds == b.goal_window_seconds &&
           a.contexts == b.contexts && a.condition.text() == b.condition.text() &&
           std::ranges::equal(a.actions, b.actions, is_same_action);
}

}  // namespace

Result<RuleHistory> history_of(const Definition& definition) {
    RuleHistory history;
    ATTUNE_TRY(history.rule, base::from_json<domain::Rule>(definition.now().body.text()));
    bool was_active = true;
    for (auto one = definition.history.rbegin(); one != definition.history.rend(); ++one) {
        if (one->body.is_null()) break;
        const auto then = base::from_json<domain::Rule>(one->body.text());
        if (!then || !asks_the_same(*then, history.rule)) break;
        history.since_version = one->version;
        history.since = one->at;
        was_active = was_active && then->status == domain::RuleStatus::active;
        if (was_active) history.active_since = one->at;
    }
    return history;
}

}  // namespace attune::engine
