// The description of what of a flag is ours, beside domain/describe.h: the rest of a flag is flagd's, and read by hand.
// Heavy to compile: for .cpp files.
#pragma once

#include "domain/describe.h"
#include "domain/flag.h"

namespace attune::domain {

BOOST_DESCRIBE_STRUCT(RolloutStep, (), (at, share))
BOOST_DESCRIBE_STRUCT(RolloutLine, (), (from, until, from_share, to_share))
BOOST_DESCRIBE_STRUCT(Guardrail, (), (name, event, kind, lower_is_better, window_seconds, cap))
BOOST_DESCRIBE_STRUCT(RolloutHalt, (), (at, guardrail, effect, ci))
BOOST_DESCRIBE_STRUCT(Rollout, (), (variant, by, seed, steps, linear, guardrails, halted))

namespace limits {
inline constexpr std::size_t kRolloutStepsMax = 32;
inline constexpr std::size_t kGuardrailsMax = 8;
}  // namespace limits

}  // namespace attune::domain

namespace attune::base {

template <>
struct Fields<domain::RolloutStep> {
    static constexpr std::string_view doc = "From a moment on, this share.";
    static constexpr FieldRule rules[] = {
        {.name = "at"},
        {.name = "share",
         .doc = "Of everybody: 0.05 is one in twenty.",
         .minimum = 0,
         .maximum = 1},
    };
};

template <>
struct Fields<domain::RolloutLine> {
    static constexpr std::string_view doc = "Between two moments the share grows evenly.";
    static constexpr FieldRule rules[] = {
        {.name = "from_share",
         .doc = "0 when left out.",
         .optional = true,
         .minimum = 0,
         .maximum = 1},
        {.name = "to_share",
         .doc = "1 when left out.",
         .optional = true,
         .minimum = 0,
         .maximum = 1},
    };
};

template <>
struct Fields<domain::Guardrail> {
    static constexpr std::string_view doc =
        "What those who get the variant must not do worse in than those who do not.";
    static constexpr FieldRule rules[] = {
        {.name = "name",
         .doc = "The event's name when left out.",
         .optional = true,
         .length_max = 100},
        {.name = "event", .length_min = 1, .length_max = domain::limits::kEventNameBytesMax},
        {.name = "kind", .doc = "conversion when left out; or count, or sum.", .optional = true},
        {.name = "lower_is_better", .doc = "false when left out.", .optional = true},
        {.name = "window_seconds",
         .doc = "For how long events count after somebody was first given their variant; a week "
                "when left out.",
         .optional = true,
         .minimum = 1,
         .maximum = 366 * 86'400.0},
        {.name = "cap", .doc = "A person's sum counts up to this much.", .minimum = 0},
    };
};

template <>
struct Fields<domain::RolloutHalt> {
    static constexpr std::string_view doc = "Why nobody gets the variant any more.";
    static constexpr FieldRule rules[] = {
        {.name = "at"},
        {.name = "guardrail", .doc = "Whose name it was.", .optional = true, .length_max = 100},
        {.name = "effect",
         .doc = "Of the variant on the guardrail, relative: -0.1 is a tenth less.",
         .optional = true},
        {.name = "ci", .doc = "The interval of the effect.", .optional = true, .length_max = 2},
    };
};

template <>
struct Fields<domain::Rollout> {
    static constexpr std::string_view doc =
        "Gives a variant to a share of people that grows by itself.";
    static constexpr FieldRule rules[] = {
        {.name = "variant", .doc = "One of the flag's.", .length_min = 1},
        {.name = "by",
         .doc = "Whose share: a path of the context. targetingKey when left out.",
         .length_min = 1,
         .length_max = 200},
        {.name = "seed",
         .doc = "Flags of one seed choose the same people first. The flag's key when left out.",
         .length_min = 1,
         .length_max = 128},
        {.name = "steps",
         .doc = "In the order of their times; shares never fall.",
         .optional = true,
         .length_max = domain::limits::kRolloutStepsMax},
        {.name = "linear", .doc = "Instead of steps."},
        {.name = "guardrails",
         .doc = "When one gets worse, the rollout is halted.",
         .optional = true,
         .length_max = domain::limits::kGuardrailsMax},
        {.name = "halted", .doc = "Ends it: nobody gets the variant through the rollout."},
    };
};

}  // namespace attune::base
