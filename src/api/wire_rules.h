// What requests about rules and configurations look like. Rules themselves are described in domain/.
#pragma once

#include "api/wire.h"

#include <optional>
#include <string>
#include <vector>

namespace attune::api::wire {

struct ConfigQuestion {
    std::string user_id;
    base::JsonText context;
    bool reasons = false;
};
BOOST_DESCRIBE_STRUCT(ConfigQuestion, (), (user_id, context, reasons))

struct Config {
    base::JsonText config;
    std::vector<std::string> segments;
    base::JsonText flags;
    base::JsonText variants;
    std::optional<std::string> decision_id;
    base::JsonText reasons;
};
BOOST_DESCRIBE_STRUCT(Config, (), (config, segments, flags, variants, decision_id, reasons))

struct Revision {
    std::uint64_t version = 0;
    base::Time at;
    std::string by;
    std::optional<std::string> note;
    base::JsonText body;  // null: it was removed
};
BOOST_DESCRIBE_STRUCT(Revision, (), (version, at, by, note, body))

struct Revert {
    std::uint64_t version = 0;
    std::optional<std::string> note;
};
BOOST_DESCRIBE_STRUCT(Revert, (), (version, note))

struct RuleTest {
    base::JsonText rule;
    std::optional<std::string> rule_id;
    std::optional<std::string> user_id;
    base::JsonText context;
    base::JsonText data;
};
BOOST_DESCRIBE_STRUCT(RuleTest, (), (rule, rule_id, user_id, context, data))

struct TraceStep {
    std::string pointer;
    base::JsonText value;
};
BOOST_DESCRIBE_STRUCT(TraceStep, (), (pointer, value))

struct RuleTestReply {
    bool applies = false;
    std::string outcome;
    std::vector<std::string> why_not;
    std::string person;
    std::optional<std::string> problem;
    base::JsonText value;  // of the condition
    std::vector<TraceStep> trace;
};
BOOST_DESCRIBE_STRUCT(RuleTestReply, (), (applies, outcome, why_not, person, problem, value, trace))

}  // namespace attune::api::wire

namespace attune::base {

template <>
struct Fields<attune::api::wire::ConfigQuestion> {
    static constexpr FieldRule rules[] = {
        {.name = "user_id", .length_min = 1, .length_max = domain::limits::kIdBytesMax},
        {.name = "context",
         .doc = "Where it is asked: name (dashboard, login, …), device, os, locale, time_zone, "
                "page, anything that conditions shall see.",
         .object = true},
        {.name = "reasons", .doc = "Also which rule won and which lost.", .optional = true},
    };
};

template <>
struct Fields<attune::api::wire::RuleTest> {
    static constexpr FieldRule rules[] = {
        {.name = "rule", .doc = "As it would be saved.", .object = true},
        {.name = "rule_id",
         .doc = "Under which it is or will be saved: who falls into its rollout and its holdout "
                "follows from that. Left out, neither is drawn.",
         .length_min = 1,
         .length_max = domain::limits::kIdBytesMax},
        {.name = "user_id", .length_min = 1, .length_max = domain::limits::kIdBytesMax},
        {.name = "context",
         .doc = "Where it is asked, as in a question about a configuration.",
         .object = true},
        {.name = "data",
         .doc = "What the condition looks into, instead of a person's.",
         .object = true},
    };
};

template <>
struct Fields<attune::api::wire::RuleTestReply> {
    static constexpr FieldRule rules[] = {
        {.name = "applies", .doc = "Whether its actions would be this person's, here and now."},
        {.name = "outcome", .doc = "applies, or the first of why_not."},
        {.name = "why_not",
         .doc = "All that stands in its way: unknown_person, opted_out, paused, draft, not_here "
                "(its contexts), not_now (its schedule), no_match or undecided (its condition), "
                "not_you (its rollout), held_out (of its goal)."},
        {.name = "person", .doc = "known, unknown, opted_out, given (data) or nobody."},
        {.name = "problem", .doc = "Why the condition is undecided."},
    };
};

}  // namespace attune::base
