// Proposals: what to do about rules, from what they did. A pure function of performances, so that it can be judged on
// worlds whose truth is known.
//
//     for (const Proposal& one : propose(judged, {}, now)) …    // {"dark", pause, "it makes 12 % less of purchase", …}
//
// At most one a rule, of those that are active:
//   narrow  it helps in a segment of people, and is not known to help as a whole, nor does it look like that in the rest: its
//           condition demands the segment too
//   pause   it hurts its goal
//   raise   it helps: its rollout becomes full; after that its priority rises above rules that take its place without
//           being known to help as much
//   retire  it has matched nobody for long: it is paused, and tagged "retired"
//
// All claims about rules are one family, all claims about segments another; in each, Benjamini and Hochberg keep the share
// of false ones below `false_discovery` on average. They stand on sequential p-values, so that asking every day
// is no worse than asking once. Thread-safe; the structs are the wire form.
#pragma once

#include "base/json_text.h"
#include "engine/optimize/rule_performance.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace attune::engine {

enum class ProposalAction : std::uint8_t { narrow, pause, raise, retire };

struct OptimizeOptions {
    double false_discovery = 0.05;
    std::uint64_t min_days = 30;  // for so long a rule must have matched nobody
    // And so many decisions must have been made meanwhile, of those whom its rollout is for.
    std::uint64_t min_decisions = 1'000;
};

inline constexpr std::int32_t kPriorityStep = 10;
inline constexpr std::int32_t kPriorityRaisedMax = 1'000;  // by proposals
inline constexpr std::string_view kRetiredTag = "retired";

// What of a rule becomes what; the rest stays.
struct RuleChange {
    std::optional<domain::RuleStatus> status;
    std::optional<std::int32_t> priority;
    bool full_rollout = false;
    base::JsonText condition;
    std::optional<std::vector<std::string>> tags;

    void apply_to(domain::Rule& rule) const;
    // As a JSON merge patch (RFC 7396).
    [[nodiscard]] base::JsonText patch() const;
};

struct ProposalEvidence {
    std::vector<RuleArm> arms;
    std::optional<learn::Comparison> lift;
    std::optional<double> adjusted_p_value;  // among all rules
    // Of what matched nobody.
    std::optional<base::Time> active_since;
    std::optional<std::uint64_t> days;
    std::optional<std::uint64_t> decisions_meanwhile;
    // Of what is raised: active rules that touch the same, and stand as high or higher.
    std::vector<std::string> above;
    std::optional<RuleSegment>
        segment;  // of what is narrowed; its p-value among all rules' segments
};

struct Proposal {
    std::string rule_id;
    std::uint64_t version = 0;  // of the rule that this is about
    ProposalAction action = ProposalAction::pause;
    std::string reason;
    RuleChange change;
    ProposalEvidence evidence;
};

// By rule, in the order given.
[[nodiscard]] std::vector<Proposal> propose(std::span<const JudgedRule> rules,
                                            const OptimizeOptions& options, base::Time now);

}  // namespace attune::engine
