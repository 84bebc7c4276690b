#include "engine/definitions/definition_store.h"

#include "engine/definitions/definition_document.h"

#include <algorithm>

namespace attune::engine {
namespace {

constexpr std::size_t kIdBytesMax = 128;

Result<void> check_id(std::string_view id) {
    const bool fits = !id.empty() && id.size() <= kIdBytesMax &&
                      std::ranges::none_of(id, [](char c) { return c >= 0 && c < 0x20; });
    if (fits) return {};
    return fail_field(
        "", "an id has 1 to " + std::to_string(kIdBytesMax) + " bytes and no control characters");
}

}  // namespace

DefinitionStore::DefinitionStore(store::Store& store, const base::Clock& clock, DefinitionKind kind)
    : store_(store), clock_(clock), kind_(std::move(kind)) {}

std::unexpected<Error> DefinitionStore::unknown(std::string_view id) const {
    return fail(Code::not_found, "there is no " + kind_.noun + " '" + std::string(id) + "'");
}

Result<std::vector<Definition>> DefinitionStore::all(TenantId tenant) const {
    std::vector<Definition> all;
    store::Page page{.limit = 1'000};
    do {
        ATTUNE_TRY(auto listing, store_.list_documents(tenant, kind_.collection, page));
        for (const store::Document& document : listing.items) {
            ATTUNE_TRY(all.emplace_back(), definition_of(document));
        }
        page.after = std::move(listing.cursor);
    } while (page.after);
    return all;
}

Result<std::optional<Definition>> DefinitionStore::find(TenantId tenant,
                                                        std::string_view id) const {
    ATTUNE_TRY(const auto document, store_.get_document(tenant, kind_.collection, id));
    if (!document) return std::nullopt;
    return definition_of(*document);
}

Result<Definition> DefinitionStore::get(TenantId tenant, std::string_view id) const {
    ATTUNE_TRY(auto found, find(tenant, id));
    if (!found) return unknown(id);
    return *std::move(found);
}

Result<void> DefinitionStore::check(std::string_view id, const base::JsonText& body) const {
    ATTUNE_TRY_VOID(check_id(id));
    if (body.text().size() <= kind_.body_bytes_max) return {};
    return fail(
        Code::invalid_argument,
        "a " + kind_.noun + " has at most " + std::to_string(kind_.body_bytes_max) + " bytes",
        "too_large");
}

Result<void> DefinitionStore::check_seen(std::string_view id, const Definition* in_force,
                                         const DefinitionChange& change) const {
    // One that was removed may be made anew.
    const std::uint64_t there = in_force != nullptr ? in_force->now().version : 0;
    if (!change.expected || change.expected->includes(there)) return {};
    return fail(Code::failed_precondition,
                there == 0 ? "there is no such " + kind_.noun + " any more"
                : change.expected->is_new()
                    ? "there is a " + kind_.noun + " '" + std::string(id) + "' already"
                    : "the " + kind_.noun + " is at version " + std::to_string(there) + " by now",
                "version_mismatch");
}

void DefinitionStore::revise(Definition& definition, base::JsonText body,
                             const DefinitionChange& change) const {
    const std::uint64_t before = definition.history.empty() ? 0 : definition.now().version;
    definition.history.push_back(
        {before + 1, clock_.now(), change.by, change.note, std::move(body)});
    shorten(definition, kind_.revisions_max, kHistoryBytesMax);
    definition.refused.clear();  // what it is now is yet to be compiled
}

}  // namespace attune::engine
