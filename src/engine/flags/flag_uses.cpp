#include "engine/flags/flag_uses.h"

#include "base/json.h"

#include <utility>

namespace attune::engine {
namespace {

constexpr std::string_view kCollection = "flag_uses";
constexpr std::string_view kName = "uses";

void append_time(std::string& out, std::string_view name, const std::optional<base::Time>& time) {
    if (!time) return;
    if (out.back() != '{') out += ',';
    out.append("\"").append(name).append("\":");
    base::append_json(out, base::format_time(*time));
}

std::optional<base::Time> time_in(base::JsonView object, std::string_view name) {
    const auto member = object.find(name);
    const auto text = member ? member->as_string() : std::nullopt;
    return text ? base::parse_time(*text) : std::nullopt;
}

}  // namespace

Result<FlagUses::OfTenant*> FlagUses::loaded(domain::TenantId tenant) {
    const auto found = tenants_.find(tenant);
    if (found != tenants_.end()) return &found->second;
    ATTUNE_TRY(const auto document, store_.get_document(tenant, kCollection, kName));
    OfTenant made{.since = clock_.now(), .saved = {}, .flags = {}};
    if (document) {
        made.version = document->version;
        made.saved = document->value;
        ATTUNE_TRY(const auto json, base::JsonDocument::parse(document->value));
        made.since = time_in(json.root(), "since").value_or(made.since);
        const auto flags = json.root().find("flags");
        if (flags) {
            for (const base::JsonView::Member one : flags->members()) {
                auto use = std::make_shared<FlagUse>();
                if (const auto asked = time_in(one.value, "asked_at")) use->ask(*asked);
                if (const auto listed = time_in(one.value, "listed_at")) use->list(*listed);
                made.flags.emplace(std::string(one.key), std::move(use));
            }
        }
    }
    return &tenants_.emplace(tenant, std::move(made)).first->second;
}

Result<std::shared_ptr<FlagUse>> FlagUses::of(domain::TenantId tenant, std::string_view key) {
    const base::MutexLock lock(mutex_);
    ATTUNE_TRY(OfTenant* const all, loaded(tenant));
    if (const auto found = all->flags.find(key); found != all->flags.end()) return found->second;
    return all->flags.emplace(std::string(key), std::make_shared<FlagUse>()).first->second;
}

Result<base::Time> FlagUses::known_since(domain::TenantId tenant) {
    const base::MutexLock lock(mutex_);
    ATTUNE_TRY(const OfTenant* const all, loaded(tenant));
    return all->since;
}

Result<void> FlagUses::save() {
    const base::MutexLock lock(mutex_);
    for (auto& [tenant, all] : tenants_) {
        if (all.flags.empty()) continue;
        std::string text = R"({"since":)";
        base::append_json(text, base::format_time(all.since));
        text += R"(,"flags":{)";
        // In order, so that the same uses are the same bytes.
        std::map<std::string_view, const FlagUse*> sorted;
        for (const auto& [key, use] : all.flags) sorted.emplace(key, use.get());
        for (const auto& [key, use] : sorted) {
            if (!use->asked() && !use->listed()) continue;
            if (text.back() != '{') text += ',';
            base::append_json(text, key);
            std::string times = "{";
            append_time(times, "asked_at", use->asked());
            append_time(times, "listed_at", use->listed());
            text.append(":").append(times).append("}");
        }
        text += "}}";
        if (text == all.saved) continue;
        // Whatever another process saved is overwritten: each knows what it was asked itself.
        ATTUNE_TRY(all.version,
                   store_.put_document(tenant, kCollection, kName, text, std::nullopt));
        all.saved = std::move(text);
    }
    return {};
}

}  // namespace attune::engine
