// RuleQuestions: rules with a goal, as questions to the log of decisions: of those who matched, did they who were given its
// actions do more of it than they who were held out? "rule:dark-at-night".
//
// A tenant's first kRuleGoalsMax are followed, by when they became what they are: one more does not make another be
// forgotten. Decisions that a rule had a say in are counted for all. Thread-safe.
#pragma once

#include "base/mutex.h"
#include "engine/decide/decider.h"
#include "engine/experiment/question.h"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace attune::engine {

inline constexpr std::string_view kRuleChoice = "rule:";
inline constexpr std::size_t kRuleGoalsMax = 200;  // of a tenant
// Counted for each of them, the first whom it matches: each takes some 80 bytes, in all at most 1.6 GB.
inline constexpr std::uint64_t kRulePeopleMax = 100'000;

// A rule with a goal, as an experiment of two arms: first who was held out, then who was given its actions.
[[nodiscard]] domain::Experiment experiment_of(const domain::Rule& rule);

class RuleQuestions final : public QuestionSource {
public:
    // The rules outlive it.
    explicit RuleQuestions(Rules& rules, std::uint64_t people_max = kRulePeopleMax)
        : rules_(rules), people_max_(people_max) {}

    [[nodiscard]] Result<std::shared_ptr<const Questions>> questions(TenantId tenant) override;

private:
    struct Known {
        std::uint64_t version = 0;
        std::optional<Question> question;  // of one with a goal
        base::Time since;
    };
    struct Tenant {
        std::shared_ptr<const RuleSet> of;
        std::map<std::string, Known, std::less<>> known;  // by rule
        std::shared_ptr<const Questions> questions;
    };
    void learn(Tenant& tenant, const std::vector<Definition>& definitions) const;

    Rules& rules_;
    const std::uint64_t people_max_;
    base::Mutex mutex_;
    std::map<TenantId, Tenant> tenants_ ATTUNE_GUARDED_BY(mutex_);
};

}  // namespace attune::engine
