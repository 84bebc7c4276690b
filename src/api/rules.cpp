// /personalization/rules: who is shown what, where and when; their history; and trying one before it is saved.
#include "api/circumstances.h"
#include "api/definition_answers.h"
#include "api/query.h"
#include "api/routes.h"
#include "api/schema.h"
#include "engine/decide/decider.h"
#include "engine/experiment/question_reader.h"

#include <algorithm>
#include <utility>

namespace attune::api {

namespace {

engine::Rules& rules_of(const Call& call) { return call.services.engine.rules(); }

std::string_view id_in(const Call& call) { return call.request.param("rule_id"); }

constexpr DefinitionNames kNames{.id = "rule_id", .there = [](const Call& call) {
                                     return rules_of(call).get(call.tenant(), id_in(call));
                                 }};

// As it is saved: checked, and with its members in their order.
Result<base::JsonText> rule_in(const Call& call) {
    ATTUNE_TRY(const auto body, definition_body(call, kNames));
    ATTUNE_TRY(const auto rule, base::from_json<domain::Rule>(body.text()));
    return base::JsonText::trusted(base::to_json(rule));
}

// Empty filters let everything through.
struct Filter {
    std::optional<std::string> status;
    std::optional<std::string> context;
    std::optional<std::string> tag;

    [[nodiscard]] bool passes(const engine::Definition& definition) const {
        const auto rule = base::from_json<domain::Rule>(definition.now().body.text());
        if (!rule) return false;
        const auto names = [](const std::vector<std::string>& list, const std::string& one) {
            return std::ranges::find(list, one) != list.end();
        };
        return (!status || *status == status_of(*rule)) && (!tag || names(rule->tags, *tag)) &&
               (!context || rule->contexts.empty() || names(rule->contexts, *context));
    }

private:
    static std::string_view status_of(const domain::Rule& rule) {
        switch (rule.status) {
            case domain::RuleStatus::active:
                return "active";
            case domain::RuleStatus::paused:
                return "paused";
            case domain::RuleStatus::draft:
                return "draft";
        }
        return "";
    }
};

// Of what cannot be read (it was saved when it could), nothing.
Result<std::vector<std::string>> warnings_of(const Call& call, const engine::Definition& saved) {
    const auto rule = base::from_json<domain::Rule>(saved.now().body.text());
    if (!rule) return std::vector<std::string>{};
    ATTUNE_TRY(const Circumstances around, circumstances_of(call));
    return engine::rule_warnings(*rule, around.view());
}

Result<http::Answer> shown(const Call& call, unsigned status, const engine::Definition& saved) {
    ATTUNE_TRY(const auto warnings, warnings_of(call, saved));
    return definition_answer(status, kNames, saved, warnings);
}

Result<http::Answer> list_rules(const Call& call) {
    const Filter filter{call.request.query_param("status"), call.request.query_param("context"),
                        call.request.query_param("tag")};
    ATTUNE_TRY(const auto all, rules_of(call).list(call.tenant()));
    return page_answer(
        call, *all, [&](const engine::Definition& one) { return filter.passes(one); },
        [](const engine::Definition& one) { return definition_json(kNames, one); });
}

Result<http::Answer> create_rule(const Call& call) {
    ATTUNE_TRY(auto body, rule_in(call));
    ATTUNE_TRY(const auto change, change_of_new(call));
    ATTUNE_TRY(const auto saved,
               rules_of(call).put(call.tenant(), new_definition_id(call), std::move(body), change));
    call.services.engine.questions().watch(call.tenant());
    ATTUNE_TRY(const auto warnings, warnings_of(call, saved));
    return created_answer(kNames, saved, "/api/v1/personalization/rules", warnings);
}

Result<http::Answer> get_rule(const Call& call) {
    ATTUNE_TRY(const auto found,
               still_there(rules_of(call).get(call.tenant(), id_in(call)), "rule"));
    return shown(call, 200, found);
}

Result<http::Answer> put_rule(const Call& call) {
    ATTUNE_TRY(auto body, rule_in(call));
    ATTUNE_TRY(const auto change, change_of(call));
    ATTUNE_TRY(const auto saved,
               rules_of(call).put(call.tenant(), id_in(call), std::move(body), change));
    call.services.engine.questions().watch(call.tenant());
    return shown(call, saved_status(saved), saved);
}

Result<http::Answer> delete_rule(const Call& call) {
    ATTUNE_TRY(const auto change, change_of(call));
    ATTUNE_TRY_VOID(rules_of(call).remove(call.tenant(), id_in(call), change));
    return http::Answer{http::Response::json(204, {})};
}

Result<http::Answer> rule_history(const Call& call) {
    ATTUNE_TRY(const auto found, rules_of(call).get(call.tenant(), id_in(call)));
    return history_answer(found);
}

Result<http::Answer> revert_rule(const Call& call) {
    ATTUNE_TRY(const auto wanted, base::from_json<wire::Revert>(call.request.body));
    ATTUNE_TRY(auto change, change_of(call, wanted.note));
    ATTUNE_TRY(const auto saved, rules_of(call).revert(call.tenant(), id_in(call), wanted.version,
                                                       std::move(change)));
    return shown(call, 200, saved);
}

Result<http::Answer> test_rule(const Call& call) {
    ATTUNE_TRY(const auto wanted, base::from_json<wire::RuleTest>(call.request.body));
    auto rule = base::from_json<domain::Rule>(wanted.rule.text());
    if (!rule) return base::error_below("/rule", rule.error());
    ATTUNE_TRY(const auto context,
               base::JsonDocument::parse(wanted.context.is_null() ? "{}" : wanted.context.text()));
    std::optional<base::JsonDocument> data;
    if (!wanted.data.is_null()) {
        ATTUNE_TRY(data, base::JsonDocument::parse(wanted.data.text()));
    }
    ATTUNE_TRY(const auto trial,
               call.services.engine.decider().test(
                   call.tenant(), {.rule = *rule, .id = wanted.rule_id},
                   {.user_id = wanted.user_id.value_or(""), .context = context.root()},
                   data ? std::optional(data->root()) : std::nullopt));
    wire::RuleTestReply reply{
        .applies = trial.why_not.empty(),
        .outcome = std::string(trial.why_not.empty() ? "applies" : trial.why_not.front()),
        .why_not = {trial.why_not.begin(), trial.why_not.end()},
        .person = std::string(trial.person),
        .problem = {},
        .value = {},
        .trace = {}};
    if (!trial.problem.empty()) reply.problem = trial.problem;
    if (trial.trace) {
        if (trial.trace->value) reply.value = *trial.trace->value;
        for (const engine::LogicStep& step : trial.trace->steps)
            reply.trace.push_back({step.pointer, step.value});
    }
    return json_answer(200, base::to_json(reply));
}

std::string schema_of_rule(base::SchemaSet& schemas) {
    return definition_schema(kNames, schemas.ref<domain::Rule>(), kWarningsSchema);
}

std::string schema_of_rules(base::SchemaSet& schemas) {
    return page_schema(schema_of_rule(schemas));
}

constexpr std::string_view kExample =
    R"({"name":"Dark at night","contexts":["dashboard"],"priority":10,"condition":{"or":[{">=":[{"var":"time.hour"},20]},{"<":[{"var":"time.hour"},6]}]},"actions":[{"op":"set","path":"ui.theme","value":"dark"}]})";

constexpr Param kListParams[] = {
    {.name = "status", .doc = "Only those.", .one_of = "active, paused, draft"},
    {"context", "Only those that count there."},
    {"tag", "Only those with it."},
    kPageLimit,
    kPageCursor};
constexpr Reply kListReplies[] = {{200, "A page of rules, by id.", schema_of_rules}};
constexpr Reply kMadeReplies[] = {{201, "The rule as it was saved.", schema_of_rule}};
constexpr Reply kShownReplies[] = {{200, "The rule.", schema_of_rule}};
constexpr Reply kPutReplies[] = {{200, "The rule as it was saved.", schema_of_rule},
                                 {201, "The same; it is new.", schema_of_rule}};
constexpr Reply kGoneReplies[] = {{204, "It is not in force any more. Its history stays."}};
constexpr Reply kHistoryReplies[] = {
    {200, "Its versions, newest first.", schema_of_list<wire::Revision>}};
constexpr Reply kTestReplies[] = {
    {200, "What would become of it, and what each part of its condition came to.",
     schema_of<wire::RuleTestReply>}};

constexpr Route kRoutes[] = {
    {.method = http::Method::get,
     .pattern = "/api/v1/personalization/rules",
     .id = "list_rules",
     .tag = "decide",
     .summary = "The rules",
     .access = Access::of_tenant(kAnalysts),
     .handler = list_rules,
     .query = kListParams,
     .replies = kListReplies,
     .waits = true},
    {.method = http::Method::post,
     .pattern = "/api/v1/personalization/rules",
     .id = "create_rule",
     .tag = "decide",
     .summary = "Save a new rule",
     .access = Access::of_tenant(kAdmins),
     .handler = create_rule,
     .body = {schema_of_rule, "The rule.", kExample},
     .replies = kMadeReplies,
     .waits = true},
    {.method = http::Method::post,
     .pattern = "/api/v1/personalization/rules:test",
     .id = "test_rule",
     .tag = "decide",
     .summary = "Try a rule on a person or on given data, without saving it",
     .access = Access::of_tenant(kReaders),
     .handler = test_rule,
     .body =
         {schema_of<wire::RuleTest>, "The rule, and on what.",
          R"({"rule":{"name":"Pro","condition":{"==":[{"var":"plan"},"pro"]},"actions":[{"path":"ui.layout","value":"compact"}]},"data":{"plan":"pro"}})"},
     .replies = kTestReplies,
     .idempotent = false},
    {.method = http::Method::get,
     .pattern = "/api/v1/personalization/rules/{rule_id}",
     .id = "get_rule",
     .tag = "decide",
     .summary = "A rule",
     .access = Access::of_tenant(kAnalysts),
     .handler = get_rule,
     .replies = kShownReplies,
     .waits = true},
    {.method = http::Method::put,
     .pattern = "/api/v1/personalization/rules/{rule_id}",
     .id = "put_rule",
     .tag = "decide",
     .summary = "Save a rule under an id",
     .access = Access::of_tenant(kAdmins),
     .handler = put_rule,
     .body = {schema_of_rule, "All of the rule; what is left out is at its default.", kExample},
     .replies = kPutReplies,
     .description = "With If-Match, only when the rule is still at that version.",
     .waits = true,
     .conditional = true},
    {.method = http::Method::del,
     .pattern = "/api/v1/personalization/rules/{rule_id}",
     .id = "delete_rule",
     .tag = "decide",
     .summary = "Remove a rule",
     .access = Access::of_tenant(kAdmins),
     .handler = delete_rule,
     .replies = kGoneReplies,
     .waits = true,
     .conditional = true},
    {.method = http::Method::get,
     .pattern = "/api/v1/personalization/rules/{rule_id}/history",
     .id = "rule_history",
     .tag = "decide",
     .summary = "What a rule was, and who changed it when",
     .access = Access::of_tenant(kAnalysts),
     .handler = rule_history,
     .replies = kHistoryReplies},
    {.method = http::Method::post,
     .pattern = "/api/v1/personalization/rules/{rule_id}:revert",
     .id = "revert_rule",
     .tag = "decide",
     .summary = "Make a rule what it was",
     .access = Access::of_tenant(kAdmins),
     .handler = revert_rule,
     .body = {schema_of<wire::Revert>, "To which version.", R"({"version":1})"},
     .replies = kShownReplies,
     .waits = true,
     .conditional = true},
};

}  // namespace

std::span<const Route> rule_routes() { return kRoutes; }

}  // namespace attune::api
