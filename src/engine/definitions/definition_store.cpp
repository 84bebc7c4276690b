#include "engine/definitions/definition_store.h"

#include "base/field_error.h"
#include "base/json.h"

#include <algorithm>

namespace attune::engine {
namespace {

constexpr std::size_t kIdBytesMax = 128;
// Of a definition with its whole history, so that a document never grows past what the store takes.
constexpr std::size_t kHistoryBytesMax = 4u << 20;

struct StoredRevision {
    base::Time at;
    std::string by;
    std::string note;
    base::JsonText body;
};
BOOST_DESCRIBE_STRUCT(StoredRevision, (), (at, by, note, body))

// The newest revision's version is the document's own; those before count down from it.
struct StoredDefinition {
    std::vector<StoredRevision> history;
};
BOOST_DESCRIBE_STRUCT(StoredDefinition, (), (history))

Result<Definition> definition_of(const store::Document& document) {
    ATTUNE_TRY(StoredDefinition stored, base::from_json<StoredDefinition>(document.value));
    Definition definition{.id = document.name};
    std::uint64_t version = document.version - stored.history.size();
    for (StoredRevision& one : stored.history)
        definition.history.push_back(
            {++version, one.at, std::move(one.by), std::move(one.note), std::move(one.body)});
    if (definition.history.empty())
        return fail(Code::data_loss, "the definition '" + document.name + "' has no history");
    return definition;
}

std::string text_of(const Definition& definition) {
    StoredDefinition stored;
    for (const Revision& one : definition.history)
        stored.history.push_back({one.at, one.by, one.note, one.body});
    return base::to_json(stored);
}

void trim(Definition& definition, std::size_t revisions_max) {
    std::size_t bytes = 0;
    std::size_t kept = 0;
    for (auto one = definition.history.rbegin(); one != definition.history.rend(); ++one) {
        bytes += one->body.text().size() + one->note.size();
        if (kept > 0 && (kept == revisions_max || bytes > kHistoryBytesMax)) break;
        ++kept;
    }
    definition.history.erase(definition.history.begin(),
                             definition.history.end() - static_cast<std::ptrdiff_t>(kept));
}

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

Result<Definition> DefinitionStore::get(TenantId tenant, std::string_view id) const {
    ATTUNE_TRY(const auto document, store_.get_document(tenant, kind_.collection, id));
    if (!document) return unknown(id);
    return definition_of(*document);
}

Result<void> DefinitionStore::check(std::string_view id, const base::JsonText& body) const {
    ATTUNE_TRY_VOID(check_id(id));
    if (body.text().size() <= kind_.body_bytes_max) return {};
    return fail(
        Code::invalid_argument,
        "a " + kind_.noun + " has at most " + std::to_string(kind_.body_bytes_max) + " bytes",
        "too_large");
}

Result<Definition> DefinitionStore::put(TenantId tenant, std::string_view id, base::JsonText body,
                                        const DefinitionChange& change) {
    if (const auto named = check_id(id); !named) return base::error_below("/id", named.error());
    ATTUNE_TRY_VOID(check(id, body));
    ATTUNE_TRY(const auto document, store_.get_document(tenant, kind_.collection, id));
    Definition definition{.id = std::string(id)};
    if (document) {
        ATTUNE_TRY(definition, definition_of(*document));
    }
    const std::uint64_t there = document ? document->version : 0;
    // One that was removed may be made anew.
    const std::uint64_t seen = document && definition.is_removed() ? 0 : there;
    if (change.expected && *change.expected != seen)
        return fail(
            Code::failed_precondition,
            seen == 0 ? "there is no such " + kind_.noun + " any more"
            : *change.expected == 0
                ? "there is a " + kind_.noun + " '" + std::string(id) + "' already"
                : "the " + kind_.noun + " is at version " + std::to_string(seen) + " by now",
            "version_mismatch");
    definition.history.push_back(
        {there + 1, clock_.now(), change.by, change.note, std::move(body)});
    trim(definition, kind_.revisions_max);
    ATTUNE_TRY(definition.history.back().version,
               store_.put_document(tenant, kind_.collection, id, text_of(definition), there));
    return definition;
}

Result<void> DefinitionStore::forget(TenantId tenant, const Definition& removed) {
    ATTUNE_CHECK(removed.is_removed());
    return store_.delete_document(tenant, kind_.collection, removed.id, removed.now().version);
}

}  // namespace attune::engine
