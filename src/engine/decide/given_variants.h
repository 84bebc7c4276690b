// GivenVariants: which variants of experiments somebody is given in one decision: asked for by rules and flags, recorded,
// applied, shown and explained.
//
//     GivenVariants variants(*experiments, "dashboard", named, subject);     // those of the context, and those by name
//     around.set_variants(variants.data());                                  // {"var": "variants.checkout"}
//     variants.consult(matches.experiments);                                 // those by name that were in fact asked for
//     variants.record(decision);
//
// Those of the context are shown to somebody by asking: they count. Those by name count when they were consulted.
// The set and the subject's facts outlive it.
#pragma once

#include "engine/decide/explanation.h"
#include "engine/decisions/decision_digest.h"
#include "engine/experiment/experiment_set.h"
#include "engine/rules/config_tree.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace attune::engine {

class GivenVariants {
public:
    // Without a context, only those by name.
    GivenVariants(const ExperimentSet& experiments, std::optional<std::string_view> context,
                  std::span<const std::string_view> named, const ExperimentSubject& subject);
    GivenVariants(const GivenVariants&) = delete;
    GivenVariants& operator=(const GivenVariants&) = delete;

    // An object by experiment; who is held out has none.
    [[nodiscard]] LogicValue data() const { return LogicValue(record_); }
    void consult(std::string_view experiment);
    void consult(std::span<const std::string_view> experiments);

    // What counts as an exposure; not what somebody tries out.
    void record(domain::Decision& decision) const;
    void add_to(DecisionDigest& digest) const;
    // After the rules: what is compared must not depend on them. Only those of the context have a say here.
    void apply(ConfigTree& config, Explanation& explanation) const;
    // {"button":"blue"}; who is held out is given nothing.
    void write(std::string& out) const;
    // [{"experiment_id","variant","reason"}]
    void explain(std::string& out) const;

private:
    struct Given {
        Assignment assignment;
        bool is_of_context = false;
        bool is_consulted = false;

        [[nodiscard]] bool is_shown() const { return is_of_context || is_consulted; }
    };
    void add(const Assignment& assignment, bool is_of_context);
    // Empty where it is the person.
    [[nodiscard]] std::string_view unit_of(const Assignment& given) const;
    [[nodiscard]] domain::Choice choice_of(const Assignment& given) const;

    std::vector<Given> given_;
    std::vector<LogicMember> members_;
    LogicRecord record_;
    std::string session_;
    std::string group_;
};

}  // namespace attune::engine
