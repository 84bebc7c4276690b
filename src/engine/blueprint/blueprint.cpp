#include "engine/blueprint/blueprint.h"

#include "base/field_error.h"
#include "base/json.h"
#include "base/json_locate.h"
#include "domain/describe.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

namespace attune::engine {
namespace {

using domain::Experiment;
using domain::ExperimentStatus;

constexpr base::JsonLimits kFileLimits{.bytes_max = 64u << 20};
constexpr std::string_view kKnown[] = {"segments",    "experiments", "rules",  "flags",
                                       "$evaluators", "metadata",    "$schema"};

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

std::string place_of(std::string_view experiment) {
    std::string pointer = "/experiments";
    base::append_pointer(pointer, experiment);
    return pointer;
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

std::vector<DefinitionEdit> edits_of(const Bodies& bodies) {
    std::vector<DefinitionEdit> edits;
    edits.reserve(bodies.size());
    for (const auto& [id, body] : bodies) edits.push_back({id, body});
    return edits;
}

std::vector<std::string> removed(const BlueprintPlan& plan, std::string_view kind) {
    std::vector<std::string> ids;
    for (const BlueprintStep& step : plan.steps)
        if (step.change == BlueprintChange::removed && step.kind == kind) ids.push_back(step.id);
    return ids;
}

// Those that ask for others go before them: as often as something could be removed, the rest is tried again.
Result<void> remove_all(std::vector<std::string> ids, const auto& remove) {
    while (!ids.empty()) {
        const std::size_t before = ids.size();
        Result<void> refused;
        std::erase_if(ids, [&](const std::string& id) {
            const Result<void> done = remove(id);
            if (!done) refused = done;
            return done.has_value();
        });
        if (ids.size() == before) return refused;
    }
    return {};
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

}  // namespace

// What is there of one kind, and what shall be.
struct Blueprint::Part {
    std::string_view kind;
    Bodies there;
    Bodies wanted;
    bool is_named = false;  // by the file

    [[nodiscard]] std::vector<DefinitionEdit> changed() const {
        std::vector<DefinitionEdit> edits;
        for (const auto& [id, body] : wanted) {
            const auto known = there.find(id);
            if (known == there.end() || known->second != body) edits.push_back({id, body});
        }
        return edits;
    }
    void plan(BlueprintPlan& plan, bool prune) const {
        for (const DefinitionEdit& one : changed())
            plan.steps.push_back(
                {std::string(kind), one.id,
                 there.contains(one.id) ? BlueprintChange::changed : BlueprintChange::created});
        plan.unchanged += wanted.size() - changed().size();
        if (!prune || !is_named) return;
        for (const auto& [id, body] : there)
            if (!wanted.contains(id))
                plan.steps.push_back({std::string(kind), id, BlueprintChange::removed});
    }
};

struct Blueprint::Parts {
    Part segments{.kind = "segments", .there = {}, .wanted = {}};
    Part experiments{.kind = "experiments", .there = {}, .wanted = {}};
    Part rules{.kind = "rules", .there = {}, .wanted = {}};
    Part flags{.kind = "flags", .there = {}, .wanted = {}};
};

Blueprint::Blueprint(Segments& segments, Rules& rules, Flags& flags, Experiments& experiments)
    : segments_(segments), rules_(rules), flags_(flags), experiments_(experiments) {}

Result<base::JsonText> Blueprint::read(TenantId tenant) {
    ATTUNE_TRY(const auto document, base::JsonDocument::parse("{}"));
    ATTUNE_TRY(Parts parts, parts_of(tenant, document.root()));
    std::string out = "{";
    append_part(out, "segments", parts.segments.there);
    append_part(out, "experiments", parts.experiments.there);
    append_part(out, "rules", parts.rules.there);
    Bodies& flags = parts.flags.there;
    const auto evaluators = flags.extract(std::string(Flags::kEvaluators));
    const auto metadata = flags.extract(std::string(Flags::kMetadata));
    append_part(out, "flags", flags);
    if (!evaluators.empty()) out.append(R"(,"$evaluators":)").append(evaluators.mapped().text());
    if (!metadata.empty()) out.append(R"(,"metadata":)").append(metadata.mapped().text());
    out += '}';
    return base::JsonText::trusted(std::move(out));
}

Result<Blueprint::Parts> Blueprint::parts_of(TenantId tenant, base::JsonView file) {
    Parts parts;
    for (Part* part : {&parts.segments, &parts.experiments, &parts.rules}) {
        ATTUNE_TRY(part->wanted, bodies_in(file, part->kind));
        part->is_named = file.find(part->kind).has_value();
    }
    ATTUNE_TRY(const auto segments, segments_.list(tenant));
    parts.segments.there = bodies_of(*segments);
    ATTUNE_TRY(const auto rules, rules_.list(tenant));
    parts.rules.there = bodies_of(*rules);
    ATTUNE_TRY(const auto flags, flags_.list(tenant));
    parts.flags.there = bodies_of(*flags);
    ATTUNE_TRY(const auto experiments, experiments_.list(tenant));
    for (const Definition& one : *experiments)
        if (auto body = as_written(one.now().body))
            parts.experiments.there.emplace(one.id, *std::move(body));
    for (auto& [id, body] : parts.experiments.wanted) {
        auto experiment = base::from_json<Experiment>(body.text());
        if (!experiment) return base::error_below(place_of(id), experiment.error());
        if (auto written = as_written(body)) body = *std::move(written);
    }

    parts.flags.is_named = file.find("flags").has_value();
    if (!parts.flags.is_named) return parts;
    ATTUNE_TRY(const FlagSetSource source, FlagSetSource::of_file(file));
    for (const FlagSource& one : source.flags) parts.flags.wanted.emplace(one.key, one.body.text());
    if (source.evaluators)
        parts.flags.wanted.emplace(Flags::kEvaluators, source.evaluators->text());
    if (source.metadata) parts.flags.wanted.emplace(Flags::kMetadata, source.metadata->text());
    return parts;
}

Result<void> Blueprint::check(TenantId tenant, const Parts& parts, base::JsonView file) {
    const auto segments = segments_.check_all(tenant, edits_of(parts.segments.wanted));
    if (!segments) return base::error_below("/segments", segments.error());
    for (const DefinitionEdit& one : parts.experiments.changed()) {
        const auto checked = experiments_.check(tenant, one.id, one.body);
        if (!checked) return base::error_below("/experiments", checked.error());
    }
    const auto rules = rules_.check_all(tenant, edits_of(parts.rules.wanted));
    if (!rules) return base::error_below("/rules", rules.error());
    if (!parts.flags.is_named) return {};
    return flags_.check(tenant, file);
}

Result<void> Blueprint::save(TenantId tenant, const Parts& parts, std::string_view file,
                             const BlueprintPlan& plan, const DefinitionChange& change) {
    ATTUNE_TRY_VOID(segments_.put_all(tenant, parts.segments.changed(), change));
    for (const DefinitionEdit& one : parts.experiments.changed())
        ATTUNE_TRY_VOID(experiments_.put(tenant, one.id, one.body, change));
    std::vector<DefinitionEdit> rules = parts.rules.changed();
    for (std::string& id : removed(plan, parts.rules.kind)) rules.push_back({std::move(id), {}});
    ATTUNE_TRY_VOID(rules_.put_all(tenant, rules, change));
    if (parts.flags.is_named) ATTUNE_TRY_VOID(flags_.load(tenant, file, change));
    ATTUNE_TRY_VOID(remove_all(removed(plan, parts.flags.kind), [&](const std::string& id) {
        return flags_.remove(tenant, id, change);
    }));
    return remove_all(removed(plan, parts.segments.kind),
                      [&](const std::string& id) { return segments_.remove(tenant, id, change); });
}

Result<BlueprintPlan> Blueprint::apply(TenantId tenant, std::string_view file,
                                       const BlueprintOptions& options,
                                       const DefinitionChange& change) {
    ATTUNE_TRY(const auto document, base::JsonDocument::parse(file, kFileLimits));
    if (!document.root().is_object()) return fail_field("", "must be an object");
    for (const auto& [name, value] : document.root().members())
        if (std::ranges::find(kKnown, name) == std::end(kKnown))
            return fail_field(
                "/" + std::string(name.substr(0, 64)),
                "is no part of a blueprint: segments, experiments, rules and flags are");
    ATTUNE_TRY(const Parts parts, parts_of(tenant, document.root()));
    ATTUNE_TRY_VOID(check(tenant, parts, document.root()));
    BlueprintPlan plan;
    parts.segments.plan(plan, options.prune);
    parts.experiments.plan(plan, false);
    parts.rules.plan(plan, options.prune);
    parts.flags.plan(plan, options.prune);
    if (options.dry_run) return plan;
    ATTUNE_TRY_VOID(save(tenant, parts, file, plan, change));
    plan.applied = true;
    return plan;
}

}  // namespace attune::engine
