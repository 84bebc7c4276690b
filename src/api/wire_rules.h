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
    std::optional<std::string> user_id;
    base::JsonText context;
    base::JsonText data;
};
BOOST_DESCRIBE_STRUCT(RuleTest, (), (rule, user_id, context, data))

struct TraceStep {
    std::string pointer;
    base::JsonText value;
};
BOOST_DESCRIBE_STRUCT(TraceStep, (), (pointer, value))

struct RuleTestReply {
    bool applies = false;
    std::string outcome;
    base::JsonText value;  // of the condition
    std::vector<TraceStep> trace;
};
BOOST_DESCRIBE_STRUCT(RuleTestReply, (), (applies, outcome, value, trace))

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
        {.name = "user_id", .length_min = 1, .length_max = domain::limits::kIdBytesMax},
        {.name = "context", .object = true},
        {.name = "data",
         .doc = "What the condition looks into, instead of the person's.",
         .object = true},
    };
};

}  // namespace attune::base
