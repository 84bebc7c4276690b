// /personalization/rules/…/performance and /personalization/optimize: what came of rules, and what to do about them.
#include "api/definition_answers.h"
#include "api/query.h"
#include "api/routes.h"
#include "api/schema.h"
#include "api/wire_optimize.h"
#include "engine/optimize/optimizer.h"

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
    ATTUNE_TRY(const auto page, page_of(call));
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
            return base::to_json(found[static_cast<std::size_t>(&one - &*first)].performance);
        });
}

// Which proposals are to be carried out.
struct Wanted {
    bool all = false;
    std::vector<std::string> rules;

    static Result<Wanted> of(const base::JsonText& apply) {
        Wanted wanted;
        if (apply.is_null() || apply.text() == "false") return wanted;
        wanted.all = apply.text() == "true";
        if (wanted.all) return wanted;
        auto rules = base::from_json<std::vector<std::string>>(apply.text());
        if (!rules) return fail_field("/apply", "must be true, false or a list of rule_ids");
        wanted.rules = *std::move(rules);
        return wanted;
    }
    [[nodiscard]] bool has(const std::string& rule_id) const {
        return all || std::ranges::find(rules, rule_id) != rules.end();
    }
};

wire::Proposal carry_out(const Call& call, const engine::Proposal& made, bool is_wanted,
                         const engine::DefinitionChange& change) {
    wire::Proposal shown{.rule_id = made.rule_id,
                         .version = made.version,
                         .action = made.action,
                         .reason = made.reason,
                         .change = made.change.patch(),
                         .evidence = made.evidence,
                         .applied_version = {},
                         .problem = {}};
    if (!is_wanted) return shown;
    const auto saved = call.services.engine.optimizer().apply(call.tenant(), made, change);
    shown.applied = saved.has_value();
    if (saved)
        shown.applied_version = saved->now().version;
    else
        shown.problem = saved.error().message;
    return shown;
}

Result<http::Answer> optimize(const Call& call) {
    wire::Optimize asked;
    if (!call.request.body.empty()) {
        ATTUNE_TRY(asked, base::from_json<wire::Optimize>(call.request.body));
    }
    ATTUNE_TRY(const Wanted wanted, Wanted::of(asked.apply));
    ATTUNE_TRY(const auto change, change_of(call));
    engine::OptimizeOptions options;
    options.min_days = asked.min_days.value_or(options.min_days);
    ATTUNE_TRY(const auto found, call.services.engine.optimizer().propose(call.tenant(), options));
    wire::Optimization reply{.rules = found.rules, .is_current = found.is_current};
    for (const engine::Proposal& made : found.proposals)
        reply.proposals.push_back(carry_out(call, made, wanted.has(made.rule_id), change));
    for (const std::string& rule_id : wanted.rules)
        if (std::ranges::find(found.proposals, rule_id, &engine::Proposal::rule_id) ==
            found.proposals.end())
            reply.not_proposed.push_back(rule_id);
    return json_answer(200, base::to_json(reply));
}

std::string schema_of_performances(base::SchemaSet& schemas) {
    return page_schema(schemas.ref<engine::RulePerformance>());
}

constexpr Reply kPerformanceReplies[] = {
    {200, "How often it matched, and how much more of its goal there is where it is applied.",
     schema_of<engine::RulePerformance>}};
constexpr Reply kPerformancesReplies[] = {
    {200, "A page of performances, by rule.", schema_of_performances}};

constexpr Reply kOptimizeReplies[] = {
    {200, "What is proposed, with the evidence; and what was done of it.",
     schema_of<wire::Optimization>}};

constexpr Route kRoutes[] = {
    {.method = http::Method::post,
     .pattern = "/api/v1/personalization/optimize",
     .id = "optimize",
     .tag = "decide",
     .summary = "Propose what to do about rules, and do it if asked",
     .access = Access::of_tenant(kAdmins),
     .handler = optimize,
     .body = {schema_of<wire::Optimize>, "What is to be applied; nothing when left out.",
              R"({"apply":["dark-at-night"]})"},
     .replies = kOptimizeReplies,
     .description = "Pauses what hurts its goal, raises what helps, narrows to the segments where "
                    "it helps, retires what matches nobody: at most one proposal for each active "
                    "rule. What is applied is a version of the rule like any other. A rule that "
                    "somebody changed meanwhile is left alone.",
     .waits = true},

    {.method = http::Method::get,
     .pattern = "/api/v1/personalization/rules/performance",
     .id = "rules_performance",
     .tag = "decide",
     .summary = "What came of all rules",
     .access = Access::of_tenant(kAnalysts),
     .handler = rules_performance,
     .query = kPaging,
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
     .description =
         "Of those who match a rule with a goal, 5 % are held out by chance: the lift "
         "is relative to them, with an interval that holds however often one looks. "
         "Only what was decided since its condition, contexts, actions, goal or window changed "
         "counts.",
     .waits = true},
};

}  // namespace

std::span<const Route> optimize_routes() { return kRoutes; }

}  // namespace attune::api
