// FlagAnswer: what a flag says to one person. Its words are those of OpenFeature, as OFREP puts them on the wire.
#pragma once

#include "base/json_text.h"
#include "base/time.h"
#include "engine/logic/logic_value.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace attune::engine {

enum class FlagReason : std::uint8_t {
    fixed,            // STATIC: the same for everybody, so that clients may keep it
    fallback,         // DEFAULT: the targeting chose nothing, or there is nothing to choose
    targeting_match,  // TARGETING_MATCH
    split,            // SPLIT: by the person's place in a rollout, in or out
    disabled,         // DISABLED
    error,            // ERROR
};

enum class FlagError : std::uint8_t {
    none,
    flag_not_found,  // FLAG_NOT_FOUND
    parse_error,     // PARSE_ERROR: the targeting could not be evaluated
    general,         // GENERAL: the targeting chose what is no variant
    too_much_work,   // GENERAL: all that was asked together takes too much work
};

[[nodiscard]] std::string_view name_of(FlagReason reason);
[[nodiscard]] std::string_view name_of(FlagError error);  // "" for none

struct FlagVariant {
    std::string name;
    base::JsonText value;
};

// What is asked with: an object of attributes, among them perhaps targetingKey and segments, or nothing.
struct FlagContext {
    LogicValue attributes;
    base::Time now{};
    std::int64_t* steps_left =
        nullptr;  // of all that one request asks (logic_budget.h); null: each flag is apart
};

struct RolloutStage;

// On which side of a rollout somebody is whose guardrails compare the two.
struct FlagDraw {
    const RolloutStage* stage = nullptr;
    bool is_in = false;
    std::string_view unit;  // of the context that was asked with
};

// Borrows from the set that answered.
struct FlagAnswer {
    FlagReason reason = FlagReason::error;
    FlagError error = FlagError::none;
    const FlagVariant* variant = nullptr;      // null: the program that asks takes its own default
    const base::JsonText* metadata = nullptr;  // an object; null when there is none
    std::string detail{};                      // of an error, for people
    std::optional<FlagDraw> draw{};            // to be recorded
};

}  // namespace attune::engine
