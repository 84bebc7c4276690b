// What requests about experiments look like. Experiments are described in domain/, their results in engine/experiment.
#pragma once

#include "api/wire.h"
#include "engine/bandit/what_if.h"
#include "engine/experiment/describe.h"

#include <map>
#include <optional>
#include <string>

namespace attune::api::wire {

struct Note {
    std::optional<std::string> note;
};
BOOST_DESCRIBE_STRUCT(Note, (), (note))

struct Start {
    std::optional<std::string> note;
    bool allow_unknown_events = false;
};
BOOST_DESCRIBE_STRUCT(Start, (), (note, allow_unknown_events))

struct Conclusion {
    std::optional<std::string> winner;
    std::optional<std::string> note;
};
BOOST_DESCRIBE_STRUCT(Conclusion, (), (winner, note))

struct WhatIfPolicy {
    std::map<std::string, double> weights;
    base::JsonText logic;
};
BOOST_DESCRIBE_STRUCT(WhatIfPolicy, (), (weights, logic))

struct WhatIfMetric {
    domain::MetricKind kind = domain::MetricKind::conversion;
    std::string event;
    std::uint64_t window_seconds = 7 * 86'400;
    std::optional<double> cap;
};
BOOST_DESCRIBE_STRUCT(WhatIfMetric, (), (kind, event, window_seconds, cap))

struct WhatIf {
    std::optional<std::string> experiment_id;
    std::optional<std::string> of;
    WhatIfPolicy policy;
    std::optional<WhatIfMetric> metric;
    std::optional<base::Time> since;
    std::optional<base::Time> until;
    std::uint64_t limit = 100'000;
};
BOOST_DESCRIBE_STRUCT(WhatIf, (), (experiment_id, of, policy, metric, since, until, limit))

}  // namespace attune::api::wire

namespace attune::engine {

BOOST_DESCRIBE_STRUCT(WhatIfAnswer, (), (of, event, is_complete, evaluation))

}  // namespace attune::engine

namespace attune::base {

template <>
struct Fields<attune::api::wire::WhatIfPolicy> {
    static constexpr std::string_view doc = "How another policy would choose: by one of both.";
    static constexpr FieldRule rules[] = {
        {.name = "weights",
         .doc = "The probability of each arm, whoever asks; they sum to 1.",
         .optional = true,
         .length_max = 1'000},
        {.name = "logic",
         .doc = "JSONLogic over the features that were logged; gives an arm or {arm: probability}.",
         .optional = true},
    };
};

template <>
struct Fields<attune::api::wire::WhatIfMetric> {
    static constexpr std::string_view doc = "What a decision brought.";
    static constexpr FieldRule rules[] = {
        {.name = "kind", .doc = "conversion, count or sum.", .optional = true},
        {.name = "event", .length_min = 1, .length_max = domain::limits::kEventNameBytesMax},
        {.name = "window_seconds",
         .doc = "For how long events count; a week when left out.",
         .optional = true,
         .minimum = 1,
         .maximum = 366 * 86'400.0},
    };
};

template <>
struct Fields<attune::api::wire::WhatIf> {
    static constexpr FieldRule rules[] = {
        {.name = "experiment_id", .doc = "Whose decisions are judged."},
        {.name = "of",
         .doc = "The same for anything else, as choices name it: \"rule:late-offer\".",
         .length_min = 1,
         .length_max = 300},
        {.name = "metric", .doc = "An experiment's primary metric when left out."},
        {.name = "since", .doc = "Decisions from then on."},
        {.name = "until", .doc = "Decisions before then."},
        {.name = "limit",
         .doc = "Decisions, the first ones; 100,000 when left out.",
         .optional = true,
         .minimum = 2,
         .maximum = 1'000'000},
    };
};

template <>
struct Fields<attune::api::wire::Start> {
    static constexpr FieldRule rules[] = {
        {.name = "note", .doc = "Why; kept in the history.", .length_max = 2'000},
        {.name = "allow_unknown_events",
         .doc = "Start although a metric is on an event that was never sent.",
         .optional = true},
    };
};

template <>
struct Fields<attune::api::wire::Conclusion> {
    static constexpr FieldRule rules[] = {
        {.name = "winner", .doc = "The variant that stays, if one does."},
        {.name = "note", .doc = "Why; kept in the history.", .length_max = 2'000},
    };
};

}  // namespace attune::base
