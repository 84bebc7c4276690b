// Blueprint: what a tenant's people have decided (segments, experiments, rules, placements, flags) as one JSON
// file, to be kept under
// version control, reviewed, and applied.
//
//     {"segments": {"vip": {…}}, "experiments": {"checkout": {…}}, "rules": {"dark": {…}},
//      "placements": {"home": {…}}, "flags": {"new-search": {…}}, "$evaluators": {…}, "metadata": {…}}
//
//     Blueprint blueprint(store, segments, rules, flags, experiments, placements, catalogue, event_names, clock);
//     ATTUNE_TRY(const auto plan, blueprint.apply(tenant, file, {.dry_run = true}, {.by = "ann"}));
//
// Each part is what the API takes for one of its kind; a file of flagd is a blueprint of flags. What the server writes into
// experiments (status, room, winner) is not part of it, nor is what was concluded: a file starts and ends no experiment.
//
// A file is applied whole or not at all: one that contradicts itself, or what stays, changes nothing, and what it changes is
// stored in one commit, whatever the disk does. Thread-safe.
#pragma once

#include "base/json_text.h"
#include "base/result.h"
#include "base/time.h"
#include "engine/catalogue/catalogue.h"
#include "engine/decide/decider.h"
#include "engine/experiment/experiments.h"
#include "engine/flags/flags.h"
#include "engine/recommend/placement_set.h"
#include "engine/segment/segments.h"
#include "engine/vocabulary/event_names.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace attune::engine {

struct WarningsByPlace;

enum class BlueprintChange : std::uint8_t { created, changed, removed };

struct BlueprintStep {
    std::string kind;  // "segments", "experiments", "rules", "placements", "flags"
    std::string id;
    BlueprintChange change = BlueprintChange::created;
};

struct BlueprintPlan {
    std::vector<BlueprintStep> steps;
    std::uint64_t unchanged = 0;
    bool applied = false;
    // What of the file comes to nothing once it is applied: "/placements/home/pins/0/item_id: there is no item 'novel'". At most
    // WarningsByPlace::kMax of them.
    std::vector<std::string> warnings;
};

struct BlueprintOptions {
    bool dry_run = false;  // says what would be done, and whether it could be
    // Removes the segments, rules, placements and flags that the file does not name; not those of a kind that it leaves out, and never
    // an experiment.
    bool prune = false;
};

class Blueprint {
public:
    // The arguments outlive it.
    Blueprint(store::Store& store, Segments& segments, Rules& rules, Flags& flags,
              Experiments& experiments, Placements& placements, Catalogue& catalogue,
              EventNames& event_names, const base::Clock& clock);

    // What is in force, as apply() takes it.
    [[nodiscard]] Result<base::JsonText> read(TenantId tenant);
    // invalid_argument names the place in the file: "/rules/dark/condition/and/0"; failed_precondition "in_use" when it
    // leaves out a segment that something asks for; "too_large" when it changes more than the store writes in one
    // commit. Errors of Definitions::put.
    [[nodiscard]] Result<BlueprintPlan> apply(TenantId tenant, std::string_view file,
                                              const BlueprintOptions& options,
                                              const DefinitionChange& change);

private:
    struct Part;
    struct Parts;
    Result<Parts> parts_of(TenantId tenant, base::JsonView file, bool prune);
    Result<void> check_segments(TenantId tenant, const Parts& parts, base::JsonView file);
    [[nodiscard]] Result<std::vector<std::string>> warnings_of(TenantId tenant, const Parts& parts,
                                                               base::JsonView file);
    [[nodiscard]] Result<void> warn_of_placements(TenantId tenant, const Parts& parts,
                                                  WarningsByPlace& warnings);
    // Each kind checks its part; the last one stores all of them.
    Result<bool> put(DefinitionBatch& batch, const Parts& parts, base::JsonView file);

    store::Store& store_;
    Segments& segments_;
    Rules& rules_;
    Flags& flags_;
    Experiments& experiments_;
    Placements& placements_;
    Catalogue& catalogue_;
    EventNames& event_names_;
    const base::Clock& clock_;
};

}  // namespace attune::engine
