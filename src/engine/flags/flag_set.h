// FlagSet: the flags of a tenant, compiled together: flagd's definitions with variants, targeting, shared evaluators and
// metadata; and prerequisites, schedules and rollouts, which are ours.
//
//     ATTUNE_TRY(const auto set, FlagSet::compile(*FlagSetSource::of_file(document.root())));
//     const FlagAnswer answer = set->evaluate("new-checkout", {.attributes = LogicValue(context.root()), .now = clock.now()});
//     if (answer.variant != nullptr) use(answer.variant->value);
//
// Immutable and thread-safe. An answer takes some hundred nanoseconds and allocates only for errors. Evaluating never
// throws: a targeting that fails gives the error of its own flag and disturbs no other.
#pragma once

#include "base/json.h"
#include "base/keyed_hash.h"
#include "base/result.h"
#include "engine/calendar/schedule.h"
#include "engine/flags/flag.h"
#include "engine/flags/flag_uses.h"
#include "engine/flags/rollout.h"
#include "engine/logic/logic.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace attune::engine {

// Flags that were written down somewhere. Borrows from the documents.
struct FlagSource {
    std::string key;
    base::JsonView body;
    std::string pointer;  // of the body, for errors: "/flags/new-checkout"
    std::uint64_t version = 0;
    std::shared_ptr<FlagUse> use{};  // null: nobody wants to know
};

// What a flag is made of. flagd's schema lets others be: they are kept and mean nothing.
inline constexpr std::string_view kFlagMembers[] = {"state",     "variants", "defaultVariant",
                                                    "targeting", "metadata", "prerequisites",
                                                    "schedule",  "rollout"};
// The same of a file.
inline constexpr std::string_view kFlagFileMembers[] = {"flags", "$evaluators", "metadata",
                                                        "$schema"};

struct FlagSetSource {
    std::vector<FlagSource> flags;
    std::optional<base::JsonView> evaluators;  // {"name": rule}
    std::optional<base::JsonView> metadata;    // of the whole set
    const TimeZones* zones = nullptr;          // of schedules; null: only those without a zone
    std::string version{};                     // what tells this set from another; empty: not known
    std::vector<std::string> unknown_members{};  // of the file

    // A file of flagd: `flags` is an object by key, or an array with keys (not where "$schema" names flags.json).
    // invalid_argument names the place.
    [[nodiscard]] static Result<FlagSetSource> of_file(base::JsonView file);
};

// What must hold before a flag's own targeting is asked: another flag gives one of these variants.
struct FlagPrerequisite {
    std::uint32_t flag = 0;
    std::vector<std::string> variants;
};

// What targeting asks about somebody beyond the context that came with the question.
struct FlagSight {
    std::vector<std::string> experiments;  // {"var": "variants.checkout"}: sorted
    bool segments = false;                 // in_segment, or {"var": "segments"}

    [[nodiscard]] bool is_nothing() const { return experiments.empty() && !segments; }
    void add(const FlagSight& other);
};

struct Flag {
    std::string key;
    std::uint64_t version = 0;
    std::shared_ptr<FlagUse> use;  // null: nobody wants to know
    bool is_enabled = true;
    std::vector<FlagVariant> variants;
    const FlagVariant* fallback = nullptr;     // of `variants`; null: the program's own default
    std::unique_ptr<const Schedule> schedule;  // null: always
    std::optional<Logic> targeting;
    std::optional<CompiledRollout> rollout;
    std::vector<FlagPrerequisite> prerequisites;
    std::optional<base::JsonText> metadata;        // of the set, and over it the flag's own
    std::string set_id;                            // "flagSetId" of that; empty: none
    FlagSight sees;                                // its targeting, and that of its prerequisites
    std::vector<std::string> unknown_members;      // as they were written
    std::optional<std::string> missing_evaluator;  // where targeting names one that is not there

    [[nodiscard]] const FlagVariant* variant(std::string_view name) const;
};

// What targeting may ask for by its name, in place of writing it again.
struct FlagEvaluator {
    std::string name;
    std::vector<LogicRead> segments;  // that it names, as Logic::segments_named
};

class FlagSet {
public:
    // invalid_argument names the place: what flagd's schema refuses, default variants that are none, prerequisites
    // that are unknown, go in circles or reach too far. A $ref to no evaluator is taken, and fails when it is asked.
    [[nodiscard]] static Result<std::shared_ptr<const FlagSet>> compile(
        const FlagSetSource& source);

    [[nodiscard]] FlagAnswer evaluate(std::string_view key, const FlagContext& context) const;
    [[nodiscard]] FlagAnswer evaluate(const Flag& flag, const FlagContext& context) const;
    [[nodiscard]] static FlagAnswer not_found(std::string_view key);

    // In the order they were given in.
    [[nodiscard]] const std::vector<Flag>& flags() const { return flags_; }
    [[nodiscard]] const Flag* find(std::string_view key) const;
    // Also those that no flag asks for.
    [[nodiscard]] const std::vector<FlagEvaluator>& evaluators() const { return evaluators_; }
    [[nodiscard]] const std::optional<base::JsonText>& metadata() const { return metadata_; }
    // Of all flags that are enabled.
    [[nodiscard]] const FlagSight& sees() const { return sees_; }
    // Another one after every change, the same after a restart.
    [[nodiscard]] const std::string& version() const { return version_; }

private:
    friend class FlagSetCompiler;

    std::vector<Flag> flags_;
    std::vector<FlagEvaluator> evaluators_;
    base::KeyedMap<std::string, std::uint32_t> by_key_;
    std::optional<base::JsonText> metadata_;
    FlagSight sees_;
    std::string version_;
};

}  // namespace attune::engine
