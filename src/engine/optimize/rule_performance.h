// RulePerformance: what came of a rule: how often it matched, and, if it has a goal, how much more of that there is where
// it is applied than where it is held out.
//
//     RulePerformances performances(reader, rules);
//     ATTUNE_TRY(const RulePerformance one, performances.of(tenant, "dark-at-night"));
//     one.lift                                          // effect 0.12: 12 % more, with an interval
//
// Who matched is split by chance, once for good (kRuleHoldout of them are held out), so the difference is what the rule
// did. It counts per person, from the first time that they matched, for a week. The interval is sequential: it holds
// however often somebody looks, and whatever makes them stop. It is shown once both arms have 25 people who did what is
// the goal and 25 who did not; before that nothing is known, and `problem` says so.
//
// Thread-safe; the structs are the wire form.
#pragma once

#include "engine/decide/decider.h"
#include "engine/experiment/question_reader.h"
#include "engine/optimize/rule_history.h"
#include "learn/stats/comparison.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace attune::engine {

struct RuleMatches {
    std::uint64_t decisions = 0;
    std::optional<base::Time> last_matched_at;
};

struct RuleArm {
    std::string name;  // "holdout", "applied"
    std::uint64_t units = 0;
    std::uint64_t conversions = 0;
    std::optional<double> rate;
};

// Of those who were in the segment when they matched first.
struct RuleSegment {
    std::string segment;
    std::vector<RuleArm> arms;
    std::optional<learn::Comparison> lift;
    std::string direction = "unclear";
    std::optional<double> adjusted_p_value;  // among the rule's segments (Benjamini and Hochberg)
    std::optional<std::string> problem;
};

struct RulePerformance {
    std::string rule_id;
    std::uint64_t version = 0;
    domain::RuleStatus status = domain::RuleStatus::active;
    std::optional<std::string> goal;
    std::optional<std::uint64_t> goal_window_seconds;  // as the rule has it
    // When it became what it is: nothing before that counts.
    base::Time since;
    std::uint64_t since_version = 0;
    // Decisions since then that it had a say in. Empty: not all could be counted.
    std::optional<RuleMatches> matched;
    // The rest is of rules with a goal.
    std::vector<RuleArm> arms;
    std::optional<learn::Comparison> lift;  // relative to the holdout; sequential
    std::string direction = "unclear";      // "better", "worse"
    std::vector<RuleSegment> segments;      // at most kRuleSegmentsMax, those with most units first
    std::optional<std::string> problem;     // why not more can be said
    bool is_current = true;                 // false: the log is still being read
};

inline constexpr std::size_t kRuleSegmentsMax = 20;
inline constexpr double kRuleAlpha = 0.05;
// People at which the interval is tightest: a thousand of them held out.
inline constexpr double kRuleTuning = 20'000;

// From the counts. `tally` is null when nobody follows the rule.
[[nodiscard]] RulePerformance performance_of(const Definition& definition,
                                             const RuleHistory& history, const Tally* tally,
                                             const std::optional<ChoiceCount>& count);

// A rule as it is judged (proposals.h).
struct JudgedRule {
    RulePerformance performance;
    RuleHistory history;
    // Since it is active, that it could have had a say in. Empty: nobody counted.
    std::optional<std::uint64_t> decisions_meanwhile;
};

class RulePerformances {
public:
    // The arguments outlive it; RuleQuestions are among the reader's sources.
    RulePerformances(QuestionReader& reader, Rules& rules) : reader_(reader), rules_(rules) {}

    // not_found.
    [[nodiscard]] Result<RulePerformance> of(TenantId tenant, std::string_view rule_id);
    // Of these, all at one moment.
    [[nodiscard]] Result<std::vector<JudgedRule>> of(TenantId tenant,
                                                     std::span<const Definition> definitions);

private:
    QuestionReader& reader_;
    Rules& rules_;
};

}  // namespace attune::engine
