// /personalization/rules/…/performance: what came of rules.
#include "api/definition_answers.h"
#include "api/query.h"
#include "api/routes.h"
#include "api/schema.h"
#include "engine/optimize/describe.h"

#include <algorithm>

namespace attune::api {
namespace {

engine::RulePerformances& performances_of(const Call& call) {
    return call.services.engine.rule_performances();
}

Result<http::Answer> rule_performance(const Call& call) {
    ATTUNE_TRY(const auto found,
               performances_of(call).of(call.tenant(), call.request.param("rule_id")));
    return json_answer(200, base::to_json(found));
}

// The page's are all of one moment.
Result<http::Answer> rules_performance(const Call& call) {
    ATTUNE_TRY(const auto page, page_of(call.request));
    ATTUNE_TRY(const auto all, call.services.engine.rules().list(call.tenant()));
    const auto first =
        page.after ? std::ranges::upper_bound(*all, *page.after, {}, &engine::Definition::id)
                   : all->begin();
    const std::size_t count =
        std::min(page.limit, static_cast<std::size_t>(std::distance(first, all->end())));
    ATTUNE_TRY(const auto found, performances_of(call).of(call.tenant(), std::span(first, count)));
    return page_answer(
        call, *all, [](const engine::Definition&) { return true; },
        [&](const engine::Definition& one) {
            return base::to_json(found[static_cast<std::size_t>(&one - &*first)]);
        });
}

std::string schema_of_performances(base::SchemaSet& schemas) {
    return page_schema(schemas.ref<engine::RulePerformance>());
}

constexpr Param kPageParams[] = {{"limit", "1 to 500; 100 when left out.", "integer"},
                                 {"cursor", "Of the page before."}};
constexpr Reply kPerformanceReplies[] = {
    {200, "How often it matched, and how much more of its goal there is where it is applied.",
     schema_of<engine::RulePerformance>}};
constexpr Reply kPerformancesReplies[] = {
    {200, "A page of performances, by rule.", schema_of_performances}};

constexpr Route kRoutes[] = {
    {.method = http::Method::get,
     .pattern = "/api/v1/personalization/rules/performance",
     .id = "rules_performance",
     .tag = "decide",
     .summary = "What came of all rules",
     .access = Access::of_tenant(kAnalysts),
     .handler = rules_performance,
     .query = kPageParams,
     .replies = kPerformancesReplies,
     .description = "A rule whose id is \"performance\" is shown by the list alone.",
     .waits = true},
    {.method = http::Method::get,
     .pattern = "/api/v1/personalization/rules/{rule_id}/performance",
     .id = "rule_performance",
     .tag = "decide",
     .summary = "What came of a rule",
     .access = Access::of_tenant(kAnalysts),
     .handler = rule_performance,
     .replies = kPerformanceReplies,
     .description = "Of those who match a rule with a goal, 5 % are held out by chance: the lift "
                    "is relative to them, with an interval that holds however often one looks. "
                    "Only what was decided since its condition, contexts, actions or goal changed "
                    "counts.",
     .waits = true},
};

}  // namespace

std::span<const Route> optimize_routes() { return kRoutes; }

}  // namespace attune::api
