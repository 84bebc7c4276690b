#include "engine/blueprint/blueprint.h"

#include "base/field_error.h"
#include "base/json.h"
#include "base/json_locate.h"
#include "domain/describe.h"
#include "domain/describe_placement.h"
#include "engine/decide/definition_warnings.h"
#include "engine/decide/segment_uses.h"
#include "engine/recommend/placement_warnings.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

namespace attune::engine {
namespace {

using domain::Experiment;
using domain::ExperimentStatus;

constexpr base::JsonLimits kFileLimits{.bytes_max = 64u << 20};
constexpr std::string_view kKnown[] = {"segments", "experiments", "rules",    "placements",
                                       "flags",    "$evaluators", "metadata", "$schema"};

using Bodies = std::map<std::string, base::JsonText, std::less<>>;

// Without what the server writes. Empty when it is over, or cannot be read.
std::optional<base::JsonText> as_written(const base::JsonText& body) {
    auto experiment = base::from_json<Experiment>(body.text());
    if (!experiment || experiment->status == ExperimentStatus::concluded) return std::nullopt;
    experiment->status = ExperimentStatus::draft;
    experiment->room.clear();
    experiment->started_at.reset();
    if (experiment->plan) experiment->plan->units_needed.reset();
    return base::JsonText::trusted(base::to_json(*experiment));
}

Bodies bodies_of(const std::vector<Definition>& definitions) {
    Bodies bodies;
    for (const Definition& one : definitions) bodies.emplace(one.id, one.now().body);
    return bodies;
}

Result<Bodies> bodies_in(base::JsonView file, std::string_view kind) {
    Bodies bodies;
    const auto part = file.find(kind);
    if (!part) return bodies;
    const std::string place = "/" + std::string(kind);
    if (!part->is_object()) return fail_field(place, "must be an object of definitions by id");
    for (const auto& [id, body] : part->members()) {
        if (!body.is_object()) {
            std::string pointer = place;
            base::append_pointer(pointer, id);
            return fail_field(std::move(pointer), "must be an object");
        }
        bodies.emplace(id, body.text());
    }
    return bodies;
}

void append_part(std::string& out, std::string_view name, const Bodies& bodies) {
    if (out.size() > 1) out += ',';
    base::append_json(out, name);
    out += ":{";
    bool first = true;
    for (const auto& [id, body] : bodies) {
        if (!std::exchange(first, false)) out += ',';
        base::append_json(out, std::string_view(id));
        out.append(":").append(body.text());
    }
    out += '}';
}

std::map<std::string, Experiment, std::less<>> experiments_in(const Bodies& bodies) {
    std::map<std::string, Experiment, std::less<>> experiments;
    for (const auto& [id, body] : bodies)
        if (auto experiment = base::from_json<Experiment>(body.text()))
            experiments.emplace(id, *std::move(experiment));
    return experiments;
}

// Of what is no placement, nothing: it is refused.
std::vector<std::string> warnings_of_placement(std::string_view id, const base::JsonText& body,
                                               const PlacementCircumstances& around) {
    auto placement = base::from_json<domain::Placement>(body.text());
    if (!placement) return {};
    const auto compiled = CompiledPlacement::compile(std::string(id), 0, *std::move(placement));
    if (!compiled) return {};
    return placement_warnings(**compiled, around);
}

}  // namespace

// What is there of one kind, and what shall be.
struct Blueprint::Part {
    std::string_view kind;
    Bodies there;
    Bodies wanted;
    bool is_named = false;   // by the file
    bool is_pruned = false;  // of what the file does not name

    [[nodiscard]] std::vector<DefinitionEdit> changed() const {
        std::vector<DefinitionEdit> edits;
        for (const auto& [id, body] : wanted)
            if (is_changed(id, body)) edits.push_back({id, body});
        return edits;
    }
    [[nodiscard]] bool is_changed(const std::string& id, const base::JsonText& body) const {
        const auto known = there.find(id);
        return known == there.end() || known->second != body;
    }
    [[nodiscard]] std::vector<std::string> removed() const {
        std::vector<std::string> ids;
        if (is_pruned)
            for (const auto& [id, body] : there)
                if (!wanted.contains(id)) ids.push_back(id);
        return ids;
    }
    [[nodiscard]] std::vector<DefinitionEdit> edits() const {
        std::vector<DefinitionEdit> edits = changed();
        for (std::string& id : removed()) edits.push_back({std::move(id), {}});
        return edits;
    }
    // What there is once the file is applied.
    [[nodiscard]] Bodies result() const {
        Bodies bodies = wanted;
        if (!is_pruned) bodies.insert(there.begin(), there.end());
        return bodies;
    }
    void plan(BlueprintPlan& plan) const {
        for (const DefinitionEdit& one : changed())
            plan.steps.push_back(
                {std::string(kind), one.id,
                 there.contains(one.id) ? BlueprintChange::changed : BlueprintChange::created});
        plan.unchanged += wanted.size() - changed().size();
        for (std::string& id : removed())
            plan.steps.push_back({std::string(kind), std::move(id), BlueprintChange::removed});
    }
};

struct Blueprint::Parts {
    Part segments{.kind = "segments", .there = {}, .wanted = {}};
    Part experiments{.kind = "experiments", .there = {}, .wanted = {}};
    Part rules{.kind = "rules", .there = {}, .wanted = {}};
    Part placements{.kind = "placements", .there = {}, .wanted = {}};
    Part flags{.kind = "flags", .there = {}, .wanted = {}};
};

Blueprint::Blueprint(store::Store& store, Segments& segments, Rules& rules, Flags& flags,
                     Experiments& experiments, Placements& placements, Catalogue& catalogue,
                     EventNames& event_names, const base::Clock& clock)
    : store_(store),
      segments_(segments),
      rules_(rules),
      flags_(flags),
      experiments_(experiments),
      placements_(placements),
      catalogue_(catalogue),
      event_names_(event_names),
      clock_(clock) {}

Result<base::JsonText> Blueprint::read(TenantId tenant) {
    ATTUNE_TRY(const auto document, base::JsonDocument::parse("{}"));
    ATTUNE_TRY(Parts parts, parts_of(tenant, document.root(), false));
    std::string out = "{";
    append_part(out, "segments", parts.segments.there);
    append_part(out, "experiments", parts.experiments.there);
    append_part(out, "rules", parts.rules.there);
    append_part(out, "placements", parts.placements.there);
    Bodies& flags = parts.flags.there;
    const auto evaluators = flags.extract(std::string(Flags::kEvaluators));
    const auto metadata = flags.extract(std::string(Flags::kMetadata));
    append_part(out, "flags", flags);
    if (!evaluators.empty()) out.append(R"(,"$evaluators":)").append(evaluators.mapped().text());
    if (!metadata.empty()) out.append(R"(,"metadata":)").append(metadata.mapped().text());
    out += '}';
    return base::JsonText::trusted(std::move(out));
}

Result<Blueprint::Parts> Blueprint::parts_of(TenantId tenant, base::JsonView file, bool prune) {
    Parts parts;
    for (Part* part : {&parts.segments, &parts.experiments, &parts.rules, &parts.placements}) {
        ATTUNE_TRY(part->wanted, bodies_in(file, part->kind));
    }
    for (Part* part : {&parts.segments, &parts.rules, &parts.placements, &parts.flags}) {
        part->is_named = file.find(part->kind).has_value();
        part->is_pruned = prune && part->is_named;
    }
    ATTUNE_TRY(const auto segments, segments_.list(tenant));
    parts.segments.there = bodies_of(*segments);
    ATTUNE_TRY(const auto rules, rules_.list(tenant));
    parts.rules.there = bodies_of(*rules);
    ATTUNE_TRY(const auto placements, placements_.list(tenant));
    parts.placements.there = bodies_of(*placements);
    ATTUNE_TRY(const auto flags, flags_.list(tenant));
    parts.flags.there = bodies_of(*flags);
    ATTUNE_TRY(const auto experiments, experiments_.list(tenant));
    for (const Definition& one : *experiments)
        if (auto body = as_written(one.now().body))
            parts.experiments.there.emplace(one.id, *std::move(body));
    for (auto& [id, body] : parts.experiments.wanted) {
        // What cannot be read is left to those who name the place.
        if (auto written = as_written(body)) body = *std::move(written);
    }

    if (!parts.flags.is_named) return parts;
    ATTUNE_TRY(const FlagSetSource source, FlagSetSource::of_file(file));
    for (const FlagSource& one : source.flags) parts.flags.wanted.emplace(one.key, one.body.text());
    if (source.evaluators)
        parts.flags.wanted.emplace(Flags::kEvaluators, source.evaluators->text());
    if (source.metadata) parts.flags.wanted.emplace(Flags::kMetadata, source.metadata->text());
    return parts;
}

// Nobody's rule stops to hold because a segment went unnoticed.
Result<void> Blueprint::check_segments(TenantId tenant, const Parts& parts, base::JsonView file) {
    const std::vector<std::string> removed = parts.segments.removed();
    if (removed.empty()) return {};
    std::map<std::string, std::vector<std::string>, std::less<>> uses;
    const auto note = [&](const Bodies& bodies, std::string_view noun, std::string_view member) {
        for (const auto& [id, body] : bodies)
            for (std::string& segment : segments_asked(body, member))
                uses[std::move(segment)].push_back(std::string(noun) + " " + id);
    };
    note(parts.rules.result(), "rule", "condition");
    note(parts.experiments.result(), "experiment", "audience");
    note(parts.segments.result(), "segment", "condition");
    for (const auto& [id, body] : parts.placements.result())
        for (std::string& segment : segments_of_placement(body))
            uses[std::move(segment)].push_back("placement " + id);
    // Of flags that the file names nothing stays but what it says, evaluators included.
    ATTUNE_TRY(auto flags, flags_.of(tenant));
    if (parts.flags.is_pruned) {
        ATTUNE_TRY(flags, flags_.compile(file));
    }
    for (const auto& [segment, users] : segment_users(*flags)) {
        auto& all = uses[segment];
        all.insert(all.end(), users.begin(), users.end());
    }
    for (const std::string& segment : removed)
        if (const auto found = uses.find(segment); found != uses.end())
            return still_asked_for(segment, found->second);
    return {};
}

// Of what the file says, also where it leaves that as it is. A dry run brings nothing into force, so what the file brings is looked
// for in the file.
Result<std::vector<std::string>> Blueprint::warnings_of(TenantId tenant, const Parts& parts,
                                                        base::JsonView file) {
    WarningsByPlace warnings;
    ATTUNE_TRY(const auto heard, event_names_.heard(tenant));
    const Bodies segments_then = parts.segments.result();
    const DefinitionCircumstances around{
        [&](std::string_view id) { return segments_then.contains(id); }, *heard};
    for (const auto& [id, experiment] : experiments_in(parts.experiments.wanted))
        warnings.add("experiments", id, experiment_warnings(experiment, around));
    for (const auto& [id, body] : parts.rules.wanted)
        if (const auto rule = base::from_json<domain::Rule>(body.text()))
            warnings.add("rules", id, rule_warnings(*rule, around));
    ATTUNE_TRY_VOID(warn_of_placements(tenant, parts, warnings));
    if (!parts.flags.is_named) return std::move(warnings.all);
    const auto kept = parts.flags.is_pruned ? parts.flags.there.end()
                                            : parts.flags.there.find(Flags::kEvaluators);
    std::optional<base::JsonDocument> evaluators;
    if (kept != parts.flags.there.end()) {
        ATTUNE_TRY(evaluators, base::JsonDocument::parse(kept->second.text(), kFileLimits));
    }
    // Flags that do not compile are refused, with the place.
    const auto flags =
        flags_.compile(file, evaluators ? std::optional(evaluators->root()) : std::nullopt);
    if (!flags) return std::move(warnings.all);
    if (file.find(Flags::kEvaluators))
        warnings.add(Flags::kEvaluators, evaluator_warnings(**flags, around));
    for (const Flag& one : (*flags)->flags())
        warnings.add("flags", one.key, flag_warnings(one, around));
    return std::move(warnings.all);
}

Result<void> Blueprint::warn_of_placements(TenantId tenant, const Parts& parts,
                                           WarningsByPlace& warnings) {
    if (parts.placements.wanted.empty()) return {};
    ATTUNE_TRY(auto catalogue, catalogue_.of(tenant));
    ATTUNE_TRY(auto segments, segments_.of(tenant));
    ATTUNE_TRY(auto experiments, experiments_.of(tenant));
    auto around = PlacementCircumstances::as_they_are(std::move(catalogue), std::move(segments),
                                                      std::move(experiments), clock_.now());
    const Bodies segments_then = parts.segments.result();
    around.has_segment = [&](std::string_view id) { return segments_then.contains(id); };
    const auto brought = experiments_in(parts.experiments.wanted);
    around.find_experiment = [&, there = around.find_experiment](std::string_view id) {
        const auto found = brought.find(id);
        return found == brought.end() ? there(id) : &found->second;
    };
    for (const auto& [id, body] : parts.placements.wanted) {
        const auto saved = placements_.get(tenant, id);
        const bool is_changed = parts.placements.is_changed(id, body);
        const std::uint64_t next = saved ? saved->now().version + 1 : 1;
        around.has_version = [&](std::uint64_t version) {
            return (is_changed && version == next) || (saved && has_version(*saved, version));
        };
        warnings.add("placements", id, warnings_of_placement(id, body, around));
    }
    return {};
}

// Whoever is told of new flags finds the segments and experiments that they ask for: flags come into force last.
Result<bool> Blueprint::put(DefinitionBatch& batch, const Parts& parts, base::JsonView file) {
    const auto segments = [&] {
        return segments_.put_all(batch, parts.segments.edits(), [&] { return batch.store(); });
    };
    const auto experiments = [&] {
        return experiments_.put_all(batch, parts.experiments.edits(), segments);
    };
    const auto rules = [&] { return rules_.put_all(batch, parts.rules.edits(), experiments); };
    const auto placements = [&] {
        return placements_.put_all(batch, parts.placements.edits(), rules);
    };
    if (!parts.flags.is_named) return placements();
    return flags_.put_all(batch, file, parts.flags.removed(), placements);
}

Result<BlueprintPlan> Blueprint::apply(TenantId tenant, std::string_view file,
                                       const BlueprintOptions& options,
                                       const DefinitionChange& change) {
    ATTUNE_TRY(const auto document, base::JsonDocument::parse(file, kFileLimits));
    if (!document.root().is_object()) return fail_field("", "must be an object");
    for (const auto& [name, value] : document.root().members())
        if (std::ranges::find(kKnown, name) == std::end(kKnown))
            return fail_field("/" + std::string(name.substr(0, 64)),
                              "is no part of a blueprint: segments, experiments, rules, placements "
                              "and flags are");
    for (const std::string_view name : {Flags::kEvaluators, std::string_view("metadata")})
        if (document.root().find(name) && !document.root().find("flags"))
            return fail_field("/" + std::string(name),
                              "is what flags share: it comes with /flags, which may be {}");
    ATTUNE_TRY(const Parts parts, parts_of(tenant, document.root(), options.prune));
    ATTUNE_TRY_VOID(check_segments(tenant, parts, document.root()));
    BlueprintPlan plan;
    for (const Part* part :
         {&parts.segments, &parts.experiments, &parts.rules, &parts.placements, &parts.flags})
        part->plan(plan);
    ATTUNE_TRY(plan.warnings, warnings_of(tenant, parts, document.root()));
    DefinitionBatch batch(store_, tenant, change, options.dry_run);
    ATTUNE_TRY(plan.applied, put(batch, parts, document.root()));
    return plan;
}

}  // namespace attune::engine
