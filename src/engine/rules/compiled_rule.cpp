#include "engine/rules/compiled_rule.h"

#include "base/field_error.h"
#include "base/keyed_hash.h"
#include "domain/config_words.h"
#include "engine/decisions/decision_digest.h"

#include <algorithm>

namespace attune::engine {
namespace {

using domain::RuleOp;

constexpr std::size_t kPathSegmentsMax = 8;
constexpr std::size_t kSegmentBytesMax = 64;
constexpr std::size_t kContextBytesMax = 100;

Result<std::vector<std::string>> split_path(std::string_view path) {
    std::vector<std::string> segments;
    while (true) {
        const std::size_t dot = std::min(path.find('.'), path.size());
        segments.emplace_back(path.substr(0, dot));
        const bool is_fine = dot > 0 && dot <= kSegmentBytesMax;
        if (!is_fine || segments.size() > kPathSegmentsMax)
            return fail(Code::invalid_argument,
                        "one to eight names of one to 64 bytes, with dots between them");
        if (dot == path.size()) return segments;
        path.remove_prefix(dot + 1);
    }
}

Result<void> check_value(const domain::RuleAction& action, base::JsonView value) {
    if (action.op == RuleOp::merge && !value.is_object())
        return fail(Code::invalid_argument, "what is merged is an object");
    return domain::check_config_change(action.op, action.path, value);
}

Result<CompiledRule::Action> compile_action(const domain::RuleAction& action) {
    auto path = split_path(action.path);
    if (!path) return base::error_below("/path", path.error());
    if (const auto fits = domain::check_config_path(action.path); !fits)
        return base::error_below("/path", fits.error());
    CompiledRule::Action compiled{action.op, *std::move(path), std::nullopt};
    if (action.value.is_null() && action.op == RuleOp::remove) {
        if (!domain::is_always_there(action.path)) return compiled;
        ATTUNE_TRY(const auto nothing, base::JsonDocument::parse("{}"));
        compiled.op = RuleOp::set;
        compiled.value.emplace(nothing.root());
        return compiled;
    }
    if (action.value.is_null())
        return fail_field("/value", "there is nothing to set, append or merge; remove takes away");
    ATTUNE_TRY(const auto value, base::JsonDocument::parse(action.value.text()));
    if (auto checked = check_value(action, value.root()); !checked)
        return base::error_below("/value", checked.error());
    compiled.value.emplace(value.root());
    return compiled;
}

std::vector<std::string> experiments_of(const Logic& condition) {
    std::vector<std::string> experiments;
    for (LogicRead& read : condition.reads())
        if (read.root == "variants" && !read.member.empty())
            experiments.push_back(std::move(read.member));
    return experiments;
}

Result<void> check_words(const domain::Rule& rule) {
    for (std::size_t i = 0; i < rule.contexts.size(); ++i) {
        const std::size_t size = rule.contexts[i].size();
        if (size == 0 || size > kContextBytesMax)
            return fail_field("/contexts/" + std::to_string(i), "must have 1 to 100 bytes");
    }
    for (std::size_t i = 0; i < rule.tags.size(); ++i) {
        const std::size_t size = rule.tags[i].size();
        if (size == 0 || size > kContextBytesMax)
            return fail_field("/tags/" + std::to_string(i), "must have 1 to 100 bytes");
    }
    // A decision as the goal of what decides would make every answer its own success.
    if (rule.goal && rule.goal->starts_with('$'))
        return fail_field("/goal", "events whose names begin with $ are Attune's own");
    if (rule.goal_window_seconds && !rule.goal)
        return fail_field("/goal_window_seconds", "of which goal? The rule has none");
    return {};
}

}  // namespace

double share_of(std::string_view purpose, std::string_view definition, std::string_view unit) {
    std::string words;
    words.reserve(purpose.size() + definition.size() + unit.size() + 2);
    words.append(purpose).append(1, '\x1f').append(definition).append(1, '\x1f').append(unit);
    return static_cast<double>(base::hash128(base::HashKey{}, words).low() >> 11) * 0x1p-53;
}

ConfigTree::Action CompiledRule::Action::step() const {
    return {op, path, value ? std::optional(value->root()) : std::nullopt};
}

Result<std::shared_ptr<const CompiledRule>> CompiledRule::compile(std::string id,
                                                                  std::uint64_t version,
                                                                  const domain::Rule& rule,
                                                                  const TimeZones& zones,
                                                                  LogicSharing* sharing) {
    ATTUNE_TRY_VOID(check_words(rule));
    std::vector<Action> actions;
    for (std::size_t i = 0; i < rule.actions.size(); ++i) {
        auto action = compile_action(rule.actions[i]);
        if (!action) return base::error_below("/actions/" + std::to_string(i), action.error());
        actions.push_back(*std::move(action));
    }
    std::optional<Logic> condition;
    if (!rule.condition.is_null()) {
        ATTUNE_TRY(const auto document, base::JsonDocument::parse(rule.condition.text()));
        auto logic = Logic::compile(document.root(), {.sharing = sharing});
        if (!logic) return base::error_below("/condition", logic.error());
        condition = *std::move(logic);
    }
    std::unique_ptr<const Schedule> schedule;
    if (rule.schedule) {
        auto compiled = Schedule::compile(*rule.schedule, zones);
        if (!compiled) return base::error_below("/schedule", compiled.error());
        schedule = *std::move(compiled);
    }
    return std::shared_ptr<const CompiledRule>(
        new CompiledRule(std::move(id), version, rule, std::move(actions), std::move(condition),
                         std::move(schedule)));
}

CompiledRule::CompiledRule(std::string id_, std::uint64_t version_, const domain::Rule& rule_,
                           std::vector<Action> actions_, std::optional<Logic> condition,
                           std::unique_ptr<const Schedule> schedule)
    : id(std::move(id_)),
      version(version_),
      rule(rule_),
      actions(std::move(actions_)),
      specificity((rule_.contexts.empty() ? 0u : 1u) +
                  (condition ? 1u + condition->necessary_equalities().size() : 0u)),
      equalities(condition ? condition->necessary_equalities() : std::vector<LogicEquality>{}),
      experiments(condition ? experiments_of(*condition) : std::vector<std::string>{}),
      condition_(std::move(condition)),
      schedule_(std::move(schedule)),
      when_applied_(digest_of(choice(Outcome::applies))),
      when_held_out_(digest_of(choice(Outcome::held_out))) {}

domain::Choice CompiledRule::choice(Outcome outcome) const {
    const bool held_out = outcome == Outcome::held_out;
    domain::Choice choice{
        .of = "rule:" + id, .chosen = held_out ? "holdout" : "applied", .version = version};
    if (rule.goal) {
        choice.probability = held_out ? kRuleHoldout : 1 - kRuleHoldout;
        choice.among = {"applied", "holdout"};
    } else {
        choice.among = {"applied"};
    }
    return choice;
}

CompiledRule::Outcome CompiledRule::decide(const LogicInput& input, std::string_view unit,
                                           std::string* problem) const {
    if (schedule_ && !schedule_->is_on(input.now)) return Outcome::not_now;
    if (condition_) {
        auto holds = condition_->holds(input);
        if (!holds) {
            if (problem != nullptr) *problem = std::move(holds).error().message;
            return Outcome::undecided;
        }
        if (!*holds) return Outcome::no_match;
    }
    if (rule.rollout && share_of("rollout", id, unit) >= *rule.rollout) return Outcome::not_you;
    if (rule.goal && share_of("holdout", id, unit) < kRuleHoldout) return Outcome::held_out;
    return Outcome::applies;
}

std::vector<CompiledRule::Outcome> CompiledRule::obstacles(const LogicInput& input,
                                                           std::optional<std::string_view> unit,
                                                           std::string& problem) const {
    std::vector<Outcome> found;
    if (schedule_ && !schedule_->is_on(input.now)) found.push_back(Outcome::not_now);
    if (condition_) {
        const auto holds = condition_->holds(input);
        if (!holds) problem = holds.error().message;
        if (!holds || !*holds)
            found.push_back(problem.empty() ? Outcome::no_match : Outcome::undecided);
    }
    if (!unit) return found;
    if (rule.rollout && share_of("rollout", id, *unit) >= *rule.rollout)
        found.push_back(Outcome::not_you);
    if (rule.goal && share_of("holdout", id, *unit) < kRuleHoldout)
        found.push_back(Outcome::held_out);
    return found;
}

std::string_view name_of(CompiledRule::Outcome outcome) {
    using enum CompiledRule::Outcome;
    switch (outcome) {
        case applies:
            return "applies";
        case held_out:
            return "held_out";
        case not_now:
            return "not_now";
        case not_you:
            return "not_you";
        case no_match:
            return "no_match";
        case undecided:
            return "undecided";
    }
    return "";
}

bool CompiledRule::is_weaker_than(const CompiledRule& other) const {
    if (rule.priority != other.rule.priority) return rule.priority < other.rule.priority;
    if (specificity != other.specificity) return specificity < other.specificity;
    return id > other.id;
}

}  // namespace attune::engine
