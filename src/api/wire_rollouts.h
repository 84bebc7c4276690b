// What is told of rollouts. Heavy to compile: for .cpp files.
#pragma once

#include "api/wire.h"
#include "domain/describe_flag.h"
#include "engine/rollout/rollouts.h"

namespace attune::engine {

BOOST_DESCRIBE_STRUCT(GuardrailReading, (),
                      (name, event, kind, lower_is_better, in, out, effect, ci, verdict))
BOOST_DESCRIBE_STRUCT(RolloutUnits, (), (in, out))
BOOST_DESCRIBE_STRUCT(RolloutReport, (),
                      (flag, version, share, since, is_current, units, alpha, guardrails, halted))

BOOST_DESCRIBE_STRUCT(StaleReason, (), (reason, since, evidence))
BOOST_DESCRIBE_STRUCT(StaleFlag, (), (key, asked_at, listed_at, reasons))

}  // namespace attune::engine

namespace attune::api::wire {

struct StaleFlags {
    std::uint64_t days = 0;
    base::Time known_since;
    std::vector<engine::StaleFlag> items;
};
BOOST_DESCRIBE_STRUCT(StaleFlags, (), (days, known_since, items))

}  // namespace attune::api::wire

namespace attune::base {

template <>
struct Fields<engine::GuardrailReading> {
    static constexpr std::string_view doc = "What a guardrail says of those who are in and out.";
    static constexpr FieldRule rules[] = {
        {.name = "in", .doc = "The mean of those who are in."},
        {.name = "out", .doc = "The mean of those who are out."},
        {.name = "effect", .doc = "In minus out."},
        {.name = "ci", .doc = "The interval of the effect; empty while it is too early."},
        {.name = "verdict", .doc = "worse, better, unclear or too_early."},
    };
};

template <>
struct Fields<engine::RolloutReport> {
    static constexpr std::string_view doc = "Where a rollout is, and what its guardrails say.";
    static constexpr FieldRule rules[] = {
        {.name = "share", .doc = "Of everybody, now."},
        {.name = "since", .doc = "When it became this share."},
        {.name = "is_current", .doc = "false: the log is still being read."},
        {.name = "units", .doc = "People on either side, of this stage; while it is compared."},
        {.name = "alpha", .doc = "The risk of each interval."},
    };
};

template <>
struct Fields<engine::StaleReason> {
    static constexpr FieldRule rules[] = {
        {.name = "reason", .doc = "not_asked, disabled, one_variant, rolled_out or halted."},
        {.name = "evidence", .doc = "In words."},
    };
};

template <>
struct Fields<engine::StaleFlag> {
    static constexpr std::string_view doc = "A flag that may be cleaned up, and why.";
    static constexpr FieldRule rules[] = {
        {.name = "asked_at", .doc = "When somebody asked for it by itself last."},
        {.name = "listed_at", .doc = "When it was among all flags that somebody asked for last."},
    };
};

template <>
struct Fields<api::wire::StaleFlags> {
    static constexpr FieldRule rules[] = {
        {.name = "days", .doc = "For how long something has been so."},
        {.name = "known_since", .doc = "Since when it is known who asked."},
    };
};

}  // namespace attune::base
