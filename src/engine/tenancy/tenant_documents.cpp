#include "engine/tenancy/tenant_documents.h"

#include "base/encoding.h"
#include "base/json.h"
#include "domain/describe.h"

#include <boost/describe/class.hpp>

#include <algorithm>
#include <charconv>
#include <map>
#include <string>

namespace attune::engine {

struct TenantForm {
    std::uint32_t number = 0;
    std::uint32_t token_epoch = 1;
    domain::Tenant tenant;
};
BOOST_DESCRIBE_STRUCT(TenantForm, (), (number, token_epoch, tenant))

struct KeyForm {
    std::uint32_t tenant = 0;
    std::string digest;
    domain::ApiKey key;
};
BOOST_DESCRIBE_STRUCT(KeyForm, (), (tenant, digest, key))

struct RevokedForm {
    std::string who;
    std::uint32_t number = 0;
    base::Time forgotten_at;
};
BOOST_DESCRIBE_STRUCT(RevokedForm, (), (who, number, forgotten_at))

struct TokensForm {
    std::uint32_t revocations = 0;
    std::uint32_t everybody_before = 0;
    base::Time signed_until;
    std::vector<RevokedForm> people;
};
BOOST_DESCRIBE_STRUCT(TokensForm, (), (revocations, everybody_before, signed_until, people))

struct CounterForm {
    std::uint32_t last = 0;
};
BOOST_DESCRIBE_STRUCT(CounterForm, (), (last))

namespace {

constexpr std::string_view kTenants = "tenants";
constexpr std::string_view kKeys = "keys";
constexpr std::string_view kTokens = "tokens";
constexpr std::string_view kCounters = "counters";
constexpr std::size_t kPage = 1000;
constexpr int kAttemptsMax = 16;

// Written by this release or another: what is missing keeps its default, what is new is left alone.
template <class Form>
Result<Form> read(std::string_view collection, const store::Document& document) {
    const base::JsonOptions options{.unknown = base::Unknown::ignore, .require_members = false};
    auto form = base::from_json<Form>(document.value, options);
    if (!form) {
        return fail(Code::data_loss, "the document " + std::string(collection) + "/" +
                                         document.name + " is damaged: " + form.error().message);
    }
    return form;
}

Result<StoredTenantRecord> tenant_of(const store::Document& document) {
    ATTUNE_TRY(auto form, read<TenantForm>(kTenants, document));
    return StoredTenantRecord{
        {form.number}, form.token_epoch, std::move(form.tenant), document.version};
}

Result<KeyRecord> key_of(const store::Document& document) {
    ATTUNE_TRY(auto form, read<KeyForm>(kKeys, document));
    KeyRecord record{
        .tenant = {form.tenant}, .version = document.version, .key = std::move(form.key)};
    const auto digest = base::from_hex(form.digest);
    if (!digest || digest->size() != record.digest.size()) {
        return fail(Code::data_loss, "the document keys/" + document.name + " has no digest");
    }
    std::ranges::copy(*digest, record.digest.begin());
    return record;
}

Result<TenantTokens> tokens_of(const store::Document& document) {
    ATTUNE_TRY(const auto form, read<TokensForm>(kTokens, document));
    TenantTokens tokens{.version = document.version};
    const char* const end = document.name.data() + document.name.size();
    bool whole = std::from_chars(document.name.data(), end, tokens.tenant.value).ptr == end;
    std::map<base::Id128, TokenRevocations::OfPerson> people;
    for (const RevokedForm& one : form.people) {
        const auto who = base::Id128::from_text(one.who);
        whole = whole && who.has_value();
        if (who) people[*who] = {one.number, one.forgotten_at};
    }
    if (!whole)
        return fail(Code::data_loss, "the document tokens/" + document.name + " is damaged");
    tokens.revocations.restore(form.revocations, form.everybody_before, form.signed_until,
                               std::move(people));
    return tokens;
}

template <class T, class Read>
Result<std::vector<T>> read_all(store::Store& store, std::string_view collection, Read read_one) {
    std::vector<T> all;
    store::Page page{.after = {}, .limit = kPage};
    do {
        ATTUNE_TRY(auto listing, store.list_documents({}, collection, page));
        for (const store::Document& document : listing.items) {
            ATTUNE_TRY(T one, read_one(document));
            all.push_back(std::move(one));
        }
        page.after = std::move(listing.cursor);
    } while (page.after);
    return all;
}

Result<void> remove(store::Store& store, std::string_view collection, std::string_view name) {
    auto removed = store.delete_document({}, collection, name, std::nullopt);
    if (!removed && removed.error().code == Code::not_found) return {};
    return removed;
}

}  // namespace

Result<std::vector<StoredTenantRecord>> TenantDocuments::tenants() const {
    return read_all<StoredTenantRecord>(store_, kTenants, tenant_of);
}

Result<std::optional<StoredTenantRecord>> TenantDocuments::tenant(std::string_view name) const {
    ATTUNE_TRY(const auto document, store_.get_document({}, kTenants, name));
    if (!document) return std::nullopt;
    return tenant_of(*document);
}

Result<std::uint64_t> TenantDocuments::put(const StoredTenantRecord& tenant,
                                           std::uint64_t expected) {
    const TenantForm form{tenant.number.value, tenant.token_epoch, tenant.tenant};
    return store_.put_document({}, kTenants, tenant.tenant.id, base::to_json(form), expected);
}

Result<void> TenantDocuments::remove_tenant(std::string_view name) {
    return remove(store_, kTenants, name);
}

Result<std::vector<KeyRecord>> TenantDocuments::keys() const {
    return read_all<KeyRecord>(store_, kKeys, key_of);
}

Result<std::uint64_t> TenantDocuments::put(const KeyRecord& key, std::uint64_t expected) {
    const KeyForm form{key.tenant.value, base::to_hex(base::view_of(key.digest)), key.key};
    return store_.put_document({}, kKeys, key.key.id, base::to_json(form), expected);
}

Result<void> TenantDocuments::remove_key(std::string_view key_id) {
    return remove(store_, kKeys, key_id);
}

Result<std::vector<TenantTokens>> TenantDocuments::tokens() const {
    return read_all<TenantTokens>(store_, kTokens, tokens_of);
}

Result<std::optional<TenantTokens>> TenantDocuments::tokens(TenantId number) const {
    ATTUNE_TRY(const auto document, store_.get_document({}, kTokens, std::to_string(number.value)));
    if (!document) return std::nullopt;
    return tokens_of(*document);
}

Result<std::uint64_t> TenantDocuments::put(const TenantTokens& tokens) {
    const TokenRevocations& revocations = tokens.revocations;
    TokensForm form{
        revocations.count(), revocations.everybody_before(), revocations.signed_until(), {}};
    for (const auto& [who, revoked] : revocations.people())
        form.people.push_back({who.to_text(), revoked.number, revoked.forgotten_at});
    return store_.put_document({}, kTokens, std::to_string(tokens.tenant.value),
                               base::to_json(form), tokens.version);
}

Result<void> TenantDocuments::remove_tokens(TenantId number) {
    return remove(store_, kTokens, std::to_string(number.value));
}

Result<std::optional<std::uint32_t>> TenantDocuments::last_number() const {
    ATTUNE_TRY(const auto document, store_.get_document({}, kCounters, kTenants));
    if (!document) return std::nullopt;
    ATTUNE_TRY(const auto form, read<CounterForm>(kCounters, *document));
    return form.last;
}

Result<TenantId> TenantDocuments::next_number() {
    for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
        ATTUNE_TRY(const auto document, store_.get_document({}, kCounters, kTenants));
        CounterForm form;
        if (document) {
            ATTUNE_TRY(form, read<CounterForm>(kCounters, *document));
        }
        ++form.last;
        const auto put = store_.put_document({}, kCounters, kTenants, base::to_json(form),
                                             document ? document->version : 0);
        if (put) return TenantId{form.last};
        if (put.error().reason != "version_mismatch") return std::unexpected(put.error());
    }
    return fail(Code::aborted, "other processes are making tenants too; try again");
}

}  // namespace attune::engine
