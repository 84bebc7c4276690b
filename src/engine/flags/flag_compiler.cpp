#include "engine/flags/flag_compiler.h"

#include "base/json_locate.h"
#include "engine/flags/flag_references.h"

#include <algorithm>
#include <map>
#include <utility>

namespace attune::engine {
namespace {

using base::JsonView;

constexpr std::size_t kKeyBytesMax = 128;
constexpr std::size_t kVariantsMax = 1'000;
constexpr std::size_t kPrerequisitesMax = 32;
constexpr std::uint32_t kReachMax = 256;
constexpr std::size_t kDepthMax = 16;
// Of a targeting with its evaluators in place.
constexpr base::JsonLimits kTargetingLimits{.bytes_max = 2u << 20, .depth_max = 192};

std::string below(std::string pointer, std::string_view key) {
    base::append_pointer(pointer, key);
    return pointer;
}

Result<void> check_metadata(JsonView metadata, const std::string& pointer) {
    if (!metadata.is_object()) return fail_field(pointer, "must be an object");
    for (const JsonView::Member member : metadata.members()) {
        const bool is_scalar =
            member.value.as_string() || member.value.as_bool() || member.value.as_double();
        if (!is_scalar)
            return fail_field(below(pointer, member.key), "must be a text, a number or a boolean");
    }
    return {};
}

// Numbers are one type, however they are written.
enum class VariantType : std::uint8_t { boolean, text, number, object };

std::optional<VariantType> type_of(JsonView value) {
    if (value.as_bool()) return VariantType::boolean;
    if (value.as_string()) return VariantType::text;
    if (value.as_double()) return VariantType::number;
    if (value.is_object()) return VariantType::object;
    return std::nullopt;
}

FlagSight sight_of(const Logic& targeting) {
    FlagSight sees{.experiments = {}, .segments = !targeting.segments_asked().empty()};
    for (const LogicRead& read : targeting.reads()) {
        sees.segments = sees.segments || read.root == "segments";
        if (read.root == "variants" && !read.member.empty())
            sees.add({.experiments = {read.member}});
    }
    return sees;
}

Result<void> check_key(const FlagSource& source) {
    if (source.key.empty() || source.key.size() > kKeyBytesMax)
        return fail_field(source.pointer,
                          "a flag's key has 1 to " + std::to_string(kKeyBytesMax) + " bytes");
    if (!source.body.is_object()) return fail_field(source.pointer, "must be an object");
    return {};
}

}  // namespace

Result<FlagSetSource> FlagSetSource::of_file(JsonView file) {
    const auto flags = file.find("flags");
    if (!flags) return fail_field("/flags", "must be there");
    const auto schema = file.find("$schema");
    const auto schema_name = schema ? schema->as_string() : std::nullopt;
    const bool is_for_providers =
        schema_name && (*schema_name == "flags.json" || schema_name->ends_with("/flags.json"));
    if (!flags->is_object() && (!flags->is_array() || is_for_providers))
        return fail_field("/flags", is_for_providers ? "must be an object, as flags.json has it"
                                                     : "must be an object or an array");
    FlagSetSource source{
        .flags = {}, .evaluators = file.find("$evaluators"), .metadata = file.find("metadata")};
    for (const JsonView::Member member : flags->members())
        source.flags.push_back(
            {std::string(member.key), member.value, below("/flags", member.key)});
    for (const JsonView element : flags->elements()) {
        std::string pointer = "/flags/" + std::to_string(source.flags.size());
        const auto key = element.find("key");
        if (!key || !key->as_string()) return fail_field(pointer + "/key", "must be a text");
        source.flags.push_back({std::string(*key->as_string()), element, std::move(pointer)});
    }
    for (const JsonView::Member member : file.members())
        if (std::ranges::find(kFlagFileMembers, member.key) == std::ranges::end(kFlagFileMembers))
            source.unknown_members.emplace_back(member.key);
    return source;
}

Result<std::shared_ptr<const FlagSet>> FlagSet::compile(const FlagSetSource& source) {
    return FlagSetCompiler(source).compile();
}

Result<std::shared_ptr<const FlagSet>> FlagSetCompiler::compile() {
    ATTUNE_TRY_VOID(evaluators());
    if (source_.metadata) {
        ATTUNE_TRY_VOID(check_metadata(*source_.metadata, "/metadata"));
        for (const std::string_view name : {"flagSetId", "version"}) {
            const auto member = source_.metadata->find(name);
            if (member && !member->as_string())
                return fail_field(below("/metadata", name), "must be a text");
        }
        set_->metadata_ = source_.metadata->text();
    }
    set_->version_ = source_.version;
    set_->flags_.reserve(source_.flags.size());  // what is pointed at does not move
    for (const FlagSource& one : source_.flags) {
        const auto at = static_cast<std::uint32_t>(set_->flags_.size());
        ATTUNE_TRY(Flag compiled, flag(one));
        if (!set_->by_key_.emplace(compiled.key, at).second)
            return fail_field(one.pointer, "is there twice");
        set_->flags_.push_back(std::move(compiled));
    }
    ATTUNE_TRY_VOID(link_prerequisites());
    see_through_prerequisites();
    for (const Flag& one : set_->flags_)
        if (one.is_enabled) set_->sees_.add(one.sees);
    return set_;
}

Result<void> FlagSetCompiler::evaluators() {
    if (!source_.evaluators) return {};
    if (!source_.evaluators->is_object()) return fail_field("/$evaluators", "must be an object");
    for (const JsonView::Member member : source_.evaluators->members()) {
        const std::string pointer = below("/$evaluators", member.key);
        if (member.key.empty() || !member.value.is_object())
            return fail_field(pointer, "must be a rule with a name");
        if (auto reference = find_reference(member.value, pointer))
            return fail_field(std::move(*reference), "an evaluator cannot stand within another");
        ATTUNE_TRY_VOID(check_flagd_members(member.value, pointer));
        ATTUNE_TRY(const Logic rule, logic(member.value, pointer));
        set_->evaluators_.push_back({std::string(member.key), rule.segments_named()});
    }
    return {};
}

Result<Flag> FlagSetCompiler::flag(const FlagSource& source) {
    ATTUNE_TRY_VOID(check_key(source));
    Flag flag{.key = source.key, .version = source.version, .use = source.use};
    const auto state = source.body.find("state");
    const auto text = state ? state->as_string() : std::nullopt;
    if (text != "ENABLED" && text != "DISABLED")
        return fail_field(source.pointer + "/state", "must be ENABLED or DISABLED");
    flag.is_enabled = text == "ENABLED";
    ATTUNE_TRY_VOID(variants(source, flag));
    ATTUNE_TRY_VOID(fallback(source, flag));
    ATTUNE_TRY_VOID(targeting(source, flag));
    ATTUNE_TRY_VOID(rollout(source, flag));
    ATTUNE_TRY_VOID(schedule(source, flag));
    ATTUNE_TRY_VOID(metadata(source, flag));
    unknown_members(source, flag);
    return flag;
}

// In an array of flags each has its key as a member.
void FlagSetCompiler::unknown_members(const FlagSource& source, Flag& flag) {
    for (const JsonView::Member member : source.body.members()) {
        const bool is_its_key = member.key == "key" && member.value.as_string() == source.key;
        if (!is_its_key &&
            std::ranges::find(kFlagMembers, member.key) == std::ranges::end(kFlagMembers))
            flag.unknown_members.emplace_back(member.key);
    }
}

Result<void> FlagSetCompiler::variants(const FlagSource& source, Flag& flag) const {
    const std::string pointer = source.pointer + "/variants";
    const auto variants = source.body.find("variants");
    if (!variants || !variants->is_object() || variants->size() == 0)
        return fail_field(pointer, "must be an object with one variant or more");
    if (variants->size() > kVariantsMax)
        return fail_field(pointer,
                          "must not have more than " + std::to_string(kVariantsMax) + " variants");
    std::optional<VariantType> type;
    for (const JsonView::Member member : variants->members()) {
        const auto its_type = type_of(member.value);
        if (member.key.empty() || !its_type)
            return fail_field(below(pointer, member.key),
                              "must have a name, and be a boolean, a text, a number or an object");
        if (type && *type != *its_type)
            return fail_field(below(pointer, member.key), "must be of the same type as the others");
        type = its_type;
        flag.variants.push_back({std::string(member.key), member.value.text()});
    }
    return {};
}

Result<void> FlagSetCompiler::fallback(const FlagSource& source, Flag& flag) const {
    const auto name = source.body.find("defaultVariant");
    if (!name || name->is_null()) return {};
    const auto text = name->as_string();
    flag.fallback = text ? flag.variant(*text) : nullptr;
    if (flag.fallback != nullptr) return {};
    return fail_field(source.pointer + "/defaultVariant",
                      "must be the name of a variant, or null for what the program has itself");
}

Result<void> FlagSetCompiler::targeting(const FlagSource& source, Flag& flag) const {
    const std::string pointer = source.pointer + "/targeting";
    const auto targeting = source.body.find("targeting");
    if (!targeting || (targeting->is_object() && targeting->size() == 0)) return {};
    if (!targeting->is_object() || targeting->size() != 1)
        return fail_field(pointer, "must be one rule, or {}");
    ATTUNE_TRY_VOID(check_flagd_members(*targeting, pointer));
    flag.missing_evaluator = find_reference(*targeting, "/targeting");
    if (!source_.evaluators || !flag.missing_evaluator) {
        ATTUNE_TRY(flag.targeting, logic(*targeting, pointer));
        return {};
    }
    ATTUNE_TRY(const std::string resolved,
               with_evaluators(*targeting, *source_.evaluators, pointer));
    ATTUNE_TRY(const auto document, base::JsonDocument::parse(resolved, kTargetingLimits));
    flag.missing_evaluator = find_reference(document.root(), "/targeting");
    ATTUNE_TRY(flag.targeting, logic(document.root(), pointer));
    return {};
}

Result<Logic> FlagSetCompiler::logic(JsonView rule, std::string pointer) const {
    auto compiled = Logic::compile(rule, {.tolerated_operator = "$ref"});
    if (compiled) return compiled;
    const FieldError& wrong = compiled.error().fields.at(0);
    return fail_field(std::move(pointer) + wrong.pointer, wrong.detail);
}

Result<void> FlagSetCompiler::metadata(const FlagSource& source, Flag& flag) const {
    const auto own = source.body.find("metadata");
    if (own) ATTUNE_TRY_VOID(check_metadata(*own, source.pointer + "/metadata"));
    if (!own && !source_.metadata) return {};
    std::map<std::string_view, base::JsonText> merged;
    for (const auto& layer : {source_.metadata, own}) {
        if (!layer) continue;
        for (const JsonView::Member member : layer->members())
            merged.insert_or_assign(member.key, member.value.text());
    }
    std::string text = "{";
    for (const auto& [key, value] : merged) {
        if (text.size() > 1) text += ',';
        base::append_json(text, key);
        text += ':';
        text += value.text();
    }
    flag.metadata = base::JsonText::trusted(text + "}");
    for (const auto& layer : {source_.metadata, own}) {
        const auto set_id = layer ? layer->find("flagSetId") : std::nullopt;
        if (set_id) flag.set_id = set_id->as_string().value_or("");
    }
    return {};
}

Result<void> FlagSetCompiler::link_prerequisites() {
    for (std::size_t i = 0; i < source_.flags.size(); ++i) {
        const std::string pointer = source_.flags[i].pointer + "/prerequisites";
        const auto list = source_.flags[i].body.find("prerequisites");
        if (!list) continue;
        if (!list->is_array() || list->size() > kPrerequisitesMax)
            return fail_field(pointer,
                              "must be an array of at most " + std::to_string(kPrerequisitesMax));
        std::size_t at = 0;
        for (const JsonView one : list->elements()) {
            ATTUNE_TRY(auto linked, prerequisite(one, pointer + "/" + std::to_string(at++)));
            set_->flags_[i].prerequisites.push_back(std::move(linked));
        }
    }
    std::vector<Reach> reaches(source_.flags.size());
    for (std::uint32_t i = 0; i < reaches.size(); ++i) {
        if (set_->flags_[i].prerequisites.empty()) continue;
        ATTUNE_TRY_VOID(reach(i, reaches, 0));
    }
    return {};
}

Result<FlagPrerequisite> FlagSetCompiler::prerequisite(JsonView body,
                                                       const std::string& pointer) const {
    const auto key = body.find("flag");
    const auto key_text = key ? key->as_string() : std::nullopt;
    const auto found = key_text ? set_->by_key_.find(*key_text) : set_->by_key_.end();
    if (found == set_->by_key_.end())
        return fail_field(pointer + "/flag", "must be the key of a flag that is there");
    const Flag& flag = set_->flags_[found->second];
    FlagPrerequisite prerequisite{.flag = found->second, .variants = {}};
    const auto variants = body.find("variants");
    if (!variants || !variants->is_array() || variants->size() == 0)
        return fail_field(pointer + "/variants", "must be an array of variants of that flag");
    for (const JsonView variant : variants->elements()) {
        const auto name = variant.as_string();
        if (!name || flag.variant(*name) == nullptr)
            return fail_field(pointer + "/variants/" + std::to_string(prerequisite.variants.size()),
                              "must be a variant of the flag \"" + flag.key + "\"");
        prerequisite.variants.emplace_back(*name);
    }
    return prerequisite;
}

// After it is known that they go in no circle: whoever is asked first is seen through first.
void FlagSetCompiler::see_through_prerequisites() {
    std::vector<bool> is_done(set_->flags_.size());
    const auto visit = [&](auto& self, std::uint32_t at) -> void {
        if (is_done[at]) return;
        is_done[at] = true;
        Flag& flag = set_->flags_[at];
        if (flag.targeting) flag.sees.add(sight_of(*flag.targeting));
        for (const FlagPrerequisite& one : flag.prerequisites) {
            self(self, one.flag);
            if (set_->flags_[one.flag].is_enabled) flag.sees.add(set_->flags_[one.flag].sees);
        }
    };
    for (std::uint32_t at = 0; at < is_done.size(); ++at) visit(visit, at);
}

// Depth first. A circle is as deep as any depth, so that the bound finds it; what was seen before keeps its own depth, so
// that it does not matter in which order flags are looked at.
Result<FlagSetCompiler::Reach> FlagSetCompiler::reach(std::uint32_t flag,
                                                      std::vector<Reach>& reaches,
                                                      std::size_t above) const {
    if (reaches[flag].flags != 0) return reaches[flag];
    const std::string pointer = source_.flags[flag].pointer + "/prerequisites";
    Reach all{.flags = 1, .depth = 0};
    bool is_too_deep = above > kDepthMax;
    if (!is_too_deep) {
        for (const FlagPrerequisite& one : set_->flags_[flag].prerequisites) {
            ATTUNE_TRY(const Reach below, reach(one.flag, reaches, above + 1));
            all.flags += below.flags;
            all.depth = std::max(all.depth, below.depth + 1);
        }
        is_too_deep = all.depth > kDepthMax;
    }
    if (is_too_deep)
        return fail_field(pointer, "go in a circle, or deeper than " + std::to_string(kDepthMax));
    if (all.flags > kReachMax)
        return fail_field(pointer, "ask more than " + std::to_string(kReachMax) + " flags");
    reaches[flag] = all;
    return all;
}

}  // namespace attune::engine
