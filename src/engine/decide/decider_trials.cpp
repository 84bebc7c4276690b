// Trying a rule or a segment on somebody, or on given data, before it is saved.
#include "base/field_error.h"
#include "engine/decide/asked.h"
#include "engine/decide/decider.h"
#include "engine/decide/given_variants.h"
#include "engine/decide/surroundings.h"

#include <algorithm>

namespace attune::engine {
namespace {

Result<void> check_either(std::string_view user_id, const std::optional<base::JsonView>& data) {
    if (user_id.empty() || !data) return {};
    return fail_field("/data",
                      "a rule or a segment is tried on a person or on given data, not on both");
}

// Where the rule is tried. On given data that say nothing of it, it is tried as if it counted there.
std::optional<std::string_view> where_of(const ConfigQuestion& question,
                                         const std::optional<base::JsonView>& data) {
    const std::string_view name = text_in(question.context, "name");
    if (!name.empty() || !data) return name;
    const auto context = data->find("context");
    const std::string_view given = context ? text_in(*context, "name") : "";
    return given.empty() ? std::nullopt : std::optional(given);
}

std::string_view person_of(std::string_view user_id, const PersonFacts* known, bool is_data) {
    if (is_data) return "given";
    if (user_id.empty()) return "nobody";
    if (known == nullptr) return "unknown";
    return known->opted_out ? "opted_out" : "known";
}

// What is no business of the rule's condition: whom it is tried on, whether it is in force, and where.
std::vector<std::string_view> obstacles_before(const domain::Rule& rule, std::string_view person,
                                               std::optional<std::string_view> where) {
    std::vector<std::string_view> found;
    if (person == "unknown") found.emplace_back("unknown_person");
    if (person == "opted_out") found.emplace_back("opted_out");
    if (rule.status == domain::RuleStatus::paused) found.emplace_back("paused");
    if (rule.status == domain::RuleStatus::draft) found.emplace_back("draft");
    const bool is_here = rule.contexts.empty() || !where ||
                         std::ranges::find(rule.contexts, *where) != rule.contexts.end();
    if (!is_here) found.emplace_back("not_here");
    return found;
}

}  // namespace

Result<std::shared_ptr<const PersonFacts>> Decider::facts_if_known(TenantId tenant,
                                                                   std::string_view user_id) {
    if (user_id.empty()) return nullptr;
    return facts_of(people_, tenant, user_id);
}

Result<Decider::Trial> Decider::test(TenantId tenant, const TriedRule& tried,
                                     const ConfigQuestion& question,
                                     std::optional<base::JsonView> data) {
    ATTUNE_TRY_VOID(check_either(question.user_id, data));
    const std::string id(tried.id.value_or("test"));
    auto compiled = CompiledRule::compile(id, 0, tried.rule, zones_);
    if (!compiled) return base::error_below("/rule", compiled.error());
    ATTUNE_TRY(const auto known, facts_if_known(tenant, question.user_id));
    const auto facts = known != nullptr ? known : facts_of_nobody();
    ATTUNE_TRY(const auto segments, segments_.of(tenant));
    LogicBudget budget(&budgets_spent_);
    Surroundings around(*facts, *segments, question.context, {clock_.now(), zones_, budget});
    ATTUNE_TRY(const auto experiments, experiments_.of(tenant));
    BanditDrawing drawing(bandits_, tenant);
    // Tried, not shown: nothing of this is recorded.
    const GivenVariants variants(*experiments, text_in(question.context, "name"),
                                 std::vector<std::string_view>((*compiled)->experiments.begin(),
                                                               (*compiled)->experiments.end()),
                                 subject_of(question, *facts, around.input(), drawing));
    around.set_variants(variants.data());
    const LogicInput input = around.input_of(data ? LogicValue(*data) : around.data());

    Trial trial{.person = person_of(question.user_id, known.get(), data.has_value())};
    trial.why_not = obstacles_before(tried.rule, trial.person, where_of(question, data));
    // Who falls into a share follows from the rule's id and the person's.
    const bool is_drawn = tried.id.has_value() && !question.user_id.empty();
    for (const auto outcome : (*compiled)->obstacles(
             input, is_drawn ? std::optional(question.user_id) : std::nullopt, trial.problem))
        trial.why_not.push_back(name_of(outcome));
    if (!tried.rule.condition.is_null()) {
        ATTUNE_TRY(const auto document, base::JsonDocument::parse(tried.rule.condition.text()));
        ATTUNE_TRY(const Logic logic, Logic::compile(document.root()));
        trial.trace = logic.evaluate_traced(input);
    }
    return trial;
}

Result<Decider::SegmentTrial> Decider::test(TenantId tenant, const domain::Segment& segment,
                                            std::string_view user_id,
                                            std::optional<base::JsonView> data) {
    ATTUNE_TRY_VOID(check_either(user_id, data));
    auto compiled = CompiledSegment::compile("test", segment);
    if (!compiled) return base::error_below("/segment", compiled.error());
    ATTUNE_TRY(const auto known, facts_if_known(tenant, user_id));
    const auto facts = known != nullptr ? known : facts_of_nobody();
    ATTUNE_TRY(const auto segments, segments_.of(tenant));
    ATTUNE_TRY(const auto nowhere, base::JsonDocument::parse("{}"));
    LogicBudget budget(&budgets_spent_);
    const Surroundings around(*facts, *segments, nowhere.root(), {clock_.now(), zones_, budget});
    const LogicInput input = around.input_of(data ? LogicValue(*data) : around.data());
    const auto holds = compiled->condition.holds(input);
    return SegmentTrial{.matches = holds && *holds,
                        .trace = compiled->condition.evaluate_traced(input)};
}

}  // namespace attune::engine
