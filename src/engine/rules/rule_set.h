// RuleSet: all of a tenant's rules that are active, arranged so that asking costs what the few relevant ones cost: by
// context first, then by what a rule's condition demands to be equal ({"==": [{"var": "profile.plan"}, "pro"]}), so that the
// conditions of rules that cannot hold are not looked at.
//
//     auto set = RuleSet::compile(definitions, zones);
//     for (const RuleSet::Match& match : (*set)->matches("dashboard", input, unit)) …     // weakest first
//
// Immutable and thread-safe.
#pragma once

#include "base/keyed_hash.h"
#include "engine/definitions/definition_store.h"
#include "engine/rules/compiled_rule.h"

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace attune::engine {

class RuleSet {
public:
    // Paused rules and drafts are checked too. The zones outlive it.
    [[nodiscard]] static Result<std::shared_ptr<const RuleSet>> compile(
        std::span<const Definition> definitions, const TimeZones& zones);

    struct Match {
        const CompiledRule* rule;
        CompiledRule::Outcome outcome;  // applies, held_out or undecided

        [[nodiscard]] bool is_decided() const {
            return outcome != CompiledRule::Outcome::undecided;
        }
    };
    struct Matches {
        // Weakest first, so that applying them in order lets the strongest have the last word.
        std::vector<Match> rules;
        // Of all rules that were looked at, matching or not: whose variants they asked for.
        std::vector<std::string_view> experiments;
        // Why those of `rules` that are undecided are, in their order.
        std::vector<std::string> undecided;
    };
    [[nodiscard]] Matches matches(std::string_view context, const LogicInput& input,
                                  std::string_view unit) const;

    // Whose variants rules of this context may ask for.
    [[nodiscard]] std::vector<std::string_view> experiments(std::string_view context) const;

    [[nodiscard]] std::size_t size() const { return rules_.size(); }

private:
    using Place = std::uint32_t;  // in rules_

    // The rules of one context that demand one of some values at a path.
    struct Column {
        std::vector<std::string> path;
        base::KeyedMap<std::string, std::vector<Place>> by_value;
    };
    struct Context {
        std::vector<Place> always;  // to be looked at each time
        std::vector<Column> columns;
        std::vector<std::string> experiments;
    };

    void arrange();
    [[nodiscard]] static const LogicEquality* best_column(
        const CompiledRule& rule, const base::KeyedMap<std::string, std::size_t>& popularity);
    static void put(Context& context, Place place, const LogicEquality* equality);
    static void collect(const Context& context, const LogicValue& data, std::vector<Place>& out);

    std::vector<std::shared_ptr<const CompiledRule>> rules_;  // weakest first
    base::KeyedMap<std::string, Context> contexts_;
    Context everywhere_;
};

}  // namespace attune::engine
