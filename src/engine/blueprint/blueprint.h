// Blueprint: what a tenant's people have decided (segments, rules, flags, experiments) as one JSON file, to be kept under
// version control, reviewed, and applied.
//
//     {"segments": {"vip": {…}}, "experiments": {"checkout": {…}}, "rules": {"dark": {…}},
//      "flags": {"new-search": {…}}, "$evaluators": {…}, "metadata": {…}}
//
//     Blueprint blueprint(segments, rules, flags, experiments);
//     ATTUNE_TRY(const auto plan, blueprint.apply(tenant, file, {.dry_run = true}, {.by = "ann"}));
//
// Each part is what the API takes for one of its kind; a file of flagd is a blueprint of flags. What the server writes into
// experiments (status, room, winner) is not part of it, nor is what was concluded: a file starts and ends no experiment.
//
// A file that contradicts itself, or what stays, changes nothing. When the disk fails on the way, what came before is saved,
// and applying the file again does the rest. Thread-safe.
#pragma once

#include "base/json_text.h"
#include "base/result.h"
#include "engine/decide/decider.h"
#include "engine/experiment/experiments.h"
#include "engine/flags/flags.h"
#include "engine/segment/segments.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace attune::engine {

enum class BlueprintChange : std::uint8_t { created, changed, removed };

struct BlueprintStep {
    std::string kind;  // "segments", "experiments", "rules", "flags"
    std::string id;
    BlueprintChange change = BlueprintChange::created;
};

struct BlueprintPlan {
    std::vector<BlueprintStep> steps;
    std::uint64_t unchanged = 0;
    bool applied = false;
};

struct BlueprintOptions {
    bool dry_run = false;  // says what would be done, and whether it could be
    // Removes the segments, rules and flags that the file does not name; not those of a kind that it leaves out, and never
    // an experiment.
    bool prune = false;
};

class Blueprint {
public:
    // The arguments outlive it.
    Blueprint(Segments& segments, Rules& rules, Flags& flags, Experiments& experiments);

    // What is in force, as apply() takes it.
    [[nodiscard]] Result<base::JsonText> read(TenantId tenant);
    // invalid_argument names the place in the file: "/rules/dark/condition/and/0". Errors of Definitions::put.
    [[nodiscard]] Result<BlueprintPlan> apply(TenantId tenant, std::string_view file,
                                              const BlueprintOptions& options,
                                              const DefinitionChange& change);

private:
    struct Part;
    struct Parts;
    Result<Parts> parts_of(TenantId tenant, base::JsonView file);
    Result<void> check(TenantId tenant, const Parts& parts, base::JsonView file);
    Result<void> save(TenantId tenant, const Parts& parts, std::string_view file,
                      const BlueprintPlan& plan, const DefinitionChange& change);

    Segments& segments_;
    Rules& rules_;
    Flags& flags_;
    Experiments& experiments_;
};

}  // namespace attune::engine
