#include "engine/flags/flags.h"

#include "base/json_locate.h"
#include "base/keyed_hash.h"

#include <algorithm>
#include <array>
#include <map>
#include <span>
#include <utility>

namespace attune::engine {

// What is saved by itself: a flag, or what all share.
struct FlagPart {
    std::string id;
    base::JsonText body;
    std::uint64_t version = 0;
    std::shared_ptr<FlagUse> use{};
};

namespace {

constexpr base::JsonLimits kFileLimits{.bytes_max = 8u << 20};

std::string pointer_of(std::string_view id) {
    std::string pointer = "/flags";
    base::append_pointer(pointer, id);
    return pointer;
}

// Of parts in any order.
Result<std::shared_ptr<const FlagSet>> compiled(std::span<const FlagPart> parts,
                                                const TimeZones& zones, std::string version = {}) {
    std::vector<base::JsonDocument> documents;
    documents.reserve(parts.size());
    FlagSetSource source;
    source.version = std::move(version);
    source.zones = &zones;
    for (const FlagPart& part : parts) {
        ATTUNE_TRY(auto document, base::JsonDocument::parse(part.body.text(), kFileLimits));
        const base::JsonView body = documents.emplace_back(std::move(document)).root();
        if (part.id == Flags::kEvaluators)
            source.evaluators = body;
        else if (part.id == Flags::kMetadata)
            source.metadata = body;
        else
            source.flags.push_back({part.id, body, pointer_of(part.id), part.version, part.use});
    }
    return FlagSet::compile(source);
}

// Names what is in force: which definitions, each in which version. The same on every start.
std::string version_of(std::span<const Definition> definitions) {
    constexpr base::HashKey kKey{0x666c616773, 1};
    std::string text;
    for (const Definition& one : definitions)
        text.append(one.id)
            .append(1, '\0')
            .append(std::to_string(one.now().version))
            .append(1, '\0');
    return base::hash128(kKey, text).to_text();
}

Result<std::shared_ptr<const FlagSet>> compile(TenantId tenant,
                                               std::span<const Definition> definitions,
                                               const TimeZones& zones, FlagUses& uses) {
    std::vector<FlagPart> parts;
    parts.reserve(definitions.size());
    for (const Definition& one : definitions) {
        ATTUNE_TRY(auto use, uses.of(tenant, one.id));
        parts.push_back({one.id, one.now().body, one.now().version, std::move(use)});
    }
    return compiled(parts, zones, version_of(definitions));
}

// What the caller sent is the body alone: a place within it is named from there.
template <class T>
Result<T> named_from_body(Result<T> result, std::string_view id) {
    if (result) return result;
    std::string prefix = pointer_of(id);
    if (id == Flags::kEvaluators) prefix = "/$evaluators";
    if (id == Flags::kMetadata) prefix = "/metadata";
    Error& error = result.error();
    for (FieldError& field : error.fields) {
        const bool is_within = field.pointer == prefix || field.pointer.starts_with(prefix + "/");
        if (!is_within) continue;
        field.pointer.erase(0, prefix.size());
        error.message = field.pointer + ": " + field.detail;
    }
    return result;
}

// What a file holds. It is compiled by itself first, so that places are named as the file has them.
Result<std::vector<DefinitionEdit>> edits_in(base::JsonView file, const TimeZones& zones) {
    ATTUNE_TRY(FlagSetSource source, FlagSetSource::of_file(file));
    source.zones = &zones;
    ATTUNE_TRY_VOID(FlagSet::compile(source));
    std::vector<DefinitionEdit> edits;
    if (source.evaluators)
        edits.push_back({std::string(Flags::kEvaluators), source.evaluators->text()});
    if (source.metadata) edits.push_back({std::string(Flags::kMetadata), source.metadata->text()});
    for (const FlagSource& one : source.flags) {
        if (one.key == Flags::kEvaluators || one.key == Flags::kMetadata)
            return fail_field(one.pointer, "a flag cannot have this key");
        edits.push_back({one.key, one.body.text()});
    }
    return edits;
}

}  // namespace

Flags::Flags(store::Store& store, const base::Clock& clock, const TimeZones& zones)
    : store_(store),
      clock_(clock),
      zones_(zones),
      uses_(store, clock),
      definitions_(store, clock, {.collection = "flags", .noun = "flag", .stands_alone = false},
                   [this](TenantId tenant, std::span<const Definition> definitions) {
                       return engine::compile(tenant, definitions, zones_, uses_);
                   }) {}

// What cannot be saved at the end is not worth more than this attempt.
Flags::~Flags() { (void)uses_.save(); }

Result<std::vector<StaleFlag>> Flags::stale(TenantId tenant, base::Duration for_so_long) {
    ATTUNE_TRY(const auto definitions, definitions_.list(tenant));
    ATTUNE_TRY(const auto set, definitions_.of(tenant));
    ATTUNE_TRY(const base::Time known_since, uses_.known_since(tenant));
    std::vector<StaleFlag> found;
    for (const Definition& one : *definitions) {
        const Flag* const flag = set->find(one.id);
        if (flag == nullptr) continue;  // what flags share
        auto stale = staleness_of(one, *flag, known_since, clock_.now() - for_so_long);
        if (!stale.reasons.empty()) found.push_back(std::move(stale));
    }
    return found;
}

void Flags::tell(TenantId tenant) {
    const auto set = definitions_.of(tenant);
    if (set) news_.tell(tenant, {(*set)->version(), clock_.now()});
}

Result<std::shared_ptr<const FlagSet>> Flags::of(TenantId tenant) {
    return definitions_.of(tenant);
}

Result<Definition> Flags::put(TenantId tenant, std::string_view key, base::JsonText body,
                              const DefinitionChange& change) {
    if (!body.is_object()) return fail_field("", "must be an object");
    auto saved = definitions_.put(tenant, key, std::move(body), change);
    if (saved) tell(tenant);
    return named_from_body(std::move(saved), key);
}

Result<void> Flags::check_is_not_used(TenantId tenant, std::string_view key) {
    ATTUNE_TRY(const auto set, definitions_.of(tenant));
    std::string uses;
    for (const Flag& one : set->flags())
        for (const FlagPrerequisite& needed : one.prerequisites)
            if (set->flags()[needed.flag].key == key)
                uses += (uses.empty() ? "flag " : ", flag ") + one.key;
    if (uses.empty()) return {};
    return fail(
        Code::failed_precondition,
        "flag " + std::string(key) + " is a prerequisite of " + uses + "; change these first",
        "in_use");
}

Result<void> Flags::remove(TenantId tenant, std::string_view key, const DefinitionChange& change) {
    ATTUNE_TRY_VOID(check_is_not_used(tenant, key));
    ATTUNE_TRY_VOID(definitions_.remove(tenant, key, change));
    tell(tenant);
    return {};
}

Result<Definition> Flags::revert(TenantId tenant, std::string_view key, std::uint64_t version,
                                 DefinitionChange change) {
    ATTUNE_TRY(const Definition there, definitions_.get(tenant, key));
    const auto wanted = std::ranges::find(there.history, version, &Revision::version);
    if (wanted != there.history.end() && wanted->body.is_null())
        ATTUNE_TRY_VOID(check_is_not_used(tenant, key));
    auto saved = definitions_.revert(tenant, key, version, std::move(change));
    if (saved) tell(tenant);
    return saved;
}

Result<Definition> Flags::get(TenantId tenant, std::string_view key) const {
    return definitions_.get(tenant, key);
}

Result<std::shared_ptr<const std::vector<Definition>>> Flags::list(TenantId tenant) {
    return definitions_.list(tenant);
}

Result<FlagsLoaded> Flags::load(TenantId tenant, std::string_view file,
                                const DefinitionChange& change) {
    ATTUNE_TRY(const auto document, base::JsonDocument::parse(file, kFileLimits));
    ATTUNE_TRY(const auto edits, edits_in(document.root(), zones_));
    ATTUNE_TRY(const auto before, definitions_.list(tenant));
    FlagsLoaded loaded;
    ATTUNE_TRY(FlagSetSource source, FlagSetSource::of_file(document.root()));
    loaded.unknown_members = std::move(source.unknown_members);
    loaded.has_evaluators = source.evaluators.has_value();
    for (const DefinitionEdit& one : edits) {
        const auto known = find_definition(*before, one.id);
        const bool is_same = known != before->end() && known->now().body == one.body;
        ++(is_same ? loaded.unchanged : loaded.saved);
        if (one.id != kEvaluators && one.id != kMetadata) loaded.keys.push_back(one.id);
    }
    DefinitionBatch batch(store_, tenant, change);
    ATTUNE_TRY_VOID(put_edits(batch, edits, [&] { return batch.store(); }));
    return loaded;
}

Result<bool> Flags::put_all(DefinitionBatch& batch, base::JsonView file,
                            std::span<const std::string> gone, const Then& then) {
    ATTUNE_TRY(auto edits, edits_in(file, zones_));
    for (const std::string& id : gone) edits.push_back({id, {}});
    return put_edits(batch, edits, then);
}

Result<std::shared_ptr<const FlagSet>> Flags::compile(
    base::JsonView file, std::optional<base::JsonView> evaluators) const {
    ATTUNE_TRY(FlagSetSource source, FlagSetSource::of_file(file));
    if (!source.evaluators) source.evaluators = evaluators;
    source.zones = &zones_;
    return FlagSet::compile(source);
}

Result<bool> Flags::put_edits(DefinitionBatch& batch, std::span<const DefinitionEdit> edits,
                              const Then& then) {
    const TenantId tenant = batch.tenant();
    ATTUNE_TRY(const auto before, definitions_.of(tenant));
    ATTUNE_TRY(const bool is_stored, definitions_.put_all(batch, edits, then));
    ATTUNE_TRY(const auto after, definitions_.of(tenant));
    // Once for all of them, and not at all where they are as they were.
    if (is_stored && after->version() != before->version()) tell(tenant);
    return is_stored;
}

}  // namespace attune::engine
