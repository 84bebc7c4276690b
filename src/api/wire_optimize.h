// What requests to optimize rules look like. Performances and proposals are described in engine/optimize.
#pragma once

#include "api/wire.h"
#include "engine/optimize/describe.h"

#include <optional>
#include <string>
#include <vector>

namespace attune::api::wire {

struct Optimize {
    base::JsonText apply;
    std::optional<std::uint64_t> min_days;
};
BOOST_DESCRIBE_STRUCT(Optimize, (), (apply, min_days))

struct Proposal {
    std::string rule_id;
    std::uint64_t version = 0;
    engine::ProposalAction action = engine::ProposalAction::pause;
    std::string reason;
    base::JsonText change;
    engine::ProposalEvidence evidence;
    bool applied = false;
    std::optional<std::uint64_t> applied_version;
    std::optional<std::string> problem;
};
BOOST_DESCRIBE_STRUCT(Proposal, (),
                      (rule_id, version, action, reason, change, evidence, applied, applied_version,
                       problem))

struct Optimization {
    std::vector<Proposal> proposals;
    std::vector<std::string> not_proposed;
    std::uint64_t rules = 0;
    bool is_current = true;
};
BOOST_DESCRIBE_STRUCT(Optimization, (), (proposals, not_proposed, rules, is_current))

}  // namespace attune::api::wire

namespace attune::base {

template <>
struct Fields<attune::api::wire::Optimize> {
    static constexpr FieldRule rules[] = {
        {.name = "apply",
         .doc = "true: all proposals; or a list of rule_ids: those. Nothing is changed when left "
                "out.",
         .optional = true},
        {.name = "min_days",
         .doc = "For so long a rule must have matched nobody to be retired; 30 when left out.",
         .minimum = 1,
         .maximum = 1'000},
    };
};

template <>
struct Fields<attune::api::wire::Proposal> {
    static constexpr FieldRule rules[] = {
        {.name = "version", .doc = "Of the rule that this is about."},
        {.name = "change", .doc = "A JSON merge patch of the rule.", .object = true},
        {.name = "applied_version", .doc = "Of the rule as it is now."},
        {.name = "problem", .doc = "Why it was not applied although that was asked for."},
    };
};

template <>
struct Fields<attune::api::wire::Optimization> {
    static constexpr FieldRule rules[] = {
        {.name = "not_proposed", .doc = "What `apply` named and nothing is proposed for."},
        {.name = "rules", .doc = "How many were looked at."},
        {.name = "is_current", .doc = "False: the log is still being read."},
    };
};

}  // namespace attune::base
