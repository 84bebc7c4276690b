// CompiledRule: a rule as it is asked about: its condition is a program, its paths are split, its schedule knows its zone.
//
// Immutable and thread-safe.
#pragma once

#include "base/json_tree.h"
#include "base/result.h"
#include "domain/decision.h"
#include "domain/rule.h"
#include "engine/calendar/schedule.h"
#include "engine/calendar/time_zones.h"
#include "engine/logic/logic.h"
#include "engine/rules/config_tree.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace attune::engine {

// Of those who match a rule with a goal, so many are left without its actions.
inline constexpr double kRuleHoldout = 0.05;

class CompiledRule {
public:
    // invalid_argument names the place in the rule: "/condition/and/0", "/actions/2/path". The zones outlive it.
    [[nodiscard]] static Result<std::shared_ptr<const CompiledRule>> compile(
        std::string id, std::uint64_t version, const domain::Rule& rule, const TimeZones& zones,
        LogicSharing* sharing = nullptr);

    enum class Outcome : std::uint8_t {
        applies,
        held_out,   // it matches, and is left out so that its effect shows
        not_now,    // its schedule
        not_you,    // its rollout
        no_match,   // its condition
        undecided,  // its condition took too much work, or those before it did
    };
    // `unit` is who or what shares and holdouts are drawn for. The status is the caller's business. Where it is undecided,
    // `problem` is told why.
    [[nodiscard]] Outcome decide(const LogicInput& input, std::string_view unit,
                                 std::string* problem = nullptr) const;

    // All that stands in its way, and not only the first of it; empty: it applies. Without a unit nothing is drawn.
    [[nodiscard]] std::vector<Outcome> obstacles(const LogicInput& input,
                                                 std::optional<std::string_view> unit,
                                                 std::string& problem) const;

    // What a decision says of the rule when it applies or is held out, in words and as DecisionDigest takes it.
    [[nodiscard]] domain::Choice choice(Outcome outcome) const;
    [[nodiscard]] std::uint64_t digest(Outcome outcome) const {
        return outcome == Outcome::held_out ? when_held_out_ : when_applied_;
    }

    struct Action {
        domain::RuleOp op;
        std::vector<std::string> path;
        std::optional<base::JsonTree> value;

        [[nodiscard]] ConfigTree::Action step() const;
    };

    const std::string id;
    const std::uint64_t version;
    const domain::Rule rule;
    const std::vector<Action> actions;
    // How much it says about whom it is for: one for naming contexts, one for having a condition, and one for each
    // equality that must hold.
    const std::size_t specificity;
    const std::vector<LogicEquality> equalities;
    // Whose variants its condition asks for by name: {"var": "variants.checkout"}.
    const std::vector<std::string> experiments;

    // Whether this one gives way to the other: by priority, then specificity, then id.
    [[nodiscard]] bool is_weaker_than(const CompiledRule& other) const;

private:
    CompiledRule(std::string id, std::uint64_t version, const domain::Rule& rule,
                 std::vector<Action> actions, std::optional<Logic> condition,
                 std::unique_ptr<const Schedule> schedule);

    const std::optional<Logic> condition_;
    const std::unique_ptr<const Schedule> schedule_;
    const std::uint64_t when_applied_;
    const std::uint64_t when_held_out_;
};

[[nodiscard]] std::string_view name_of(CompiledRule::Outcome outcome);

// Where in [0, 1) a unit falls for a purpose. Never changes: shares are promises.
[[nodiscard]] double share_of(std::string_view purpose, std::string_view definition,
                              std::string_view unit);

}  // namespace attune::engine
