#include "engine/tenancy/tenants.h"

#include "engine/tenancy/key_text.h"
#include "engine/tenancy/person_token.h"
#include "engine/tenancy/tenant_rules.h"
#include "engine/tenancy/tenants_impl.h"

#include <algorithm>

namespace attune::engine {
namespace {

constexpr std::size_t kRootKeyBytesMin = 16;

domain::ApiKey shown(const KeyRecord& record) {
    domain::ApiKey key = record.key;
    const std::int64_t used = record.last_used_us->load(std::memory_order_relaxed);
    if (used > 0) key.last_used_at = base::Time(base::Duration(used));
    return key;
}

}  // namespace

Result<Caller> Tenants::Impl::authenticate_key(std::string_view text) const {
    if (text.starts_with(kKeyPrefix) && !is_key_text(text)) return unknown_key();
    const base::Digest256 digest = pepper_.sign(text);
    const Registry& current = this->current();
    const KeyRecord* record = current.match(digest);
    if (record == nullptr) return unknown_key();
    const base::Time now = clock_.now();
    if (record->key.expires_at && *record->key.expires_at <= now) return unknown_key();
    // Once a second is often enough, and keeps threads from passing the line back and forth.
    const std::int64_t now_us = now.time_since_epoch().count();
    if (now_us - record->last_used_us->load(std::memory_order_relaxed) >= 1'000'000) {
        record->last_used_us->store(now_us, std::memory_order_relaxed);
    }
    Caller caller{.tenant = record->tenant,
                  .role = record->key.role,
                  .key_id = record->key.id,
                  .expires_at = record->key.expires_at};
    if (const TenantRecord* tenant = current.find(record->tenant)) {
        caller.tenant_name = tenant->settings->id;
    } else if (record->key.role != domain::Role::root) {
        return unknown_key();
    }
    return caller;
}

Tenants::Tenants(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Tenants::~Tenants() {
    // A use that cannot be saved is not worth more than this attempt.
    if (impl_) (void)impl_->save_uses(base::Duration(1));
}

Result<std::unique_ptr<Tenants>> Tenants::open(store::Store& store, const base::Clock& clock,
                                               base::Random& random, TenancyOptions options) {
    if (!options.root_key.empty() && (options.root_key.size() < kRootKeyBytesMin ||
                                      options.root_key.size() > kCredentialBytesMax)) {
        return fail(Code::invalid_argument, "the root key must have 16 to 1024 characters");
    }
    if (options.root_key.starts_with(kTokenPrefix) ||
        (options.root_key.starts_with(kKeyPrefix) && !is_key_text(options.root_key))) {
        return fail(Code::invalid_argument,
                    "the root key looks like a key of ours but its checksum is wrong");
    }
    ATTUNE_TRY(auto secrets, Secrets::open(store, random));
    auto impl =
        std::make_unique<Impl>(store, clock, random, std::move(options), std::move(secrets));
    ATTUNE_TRY_VOID(impl->start());
    ATTUNE_TRY(const auto last, TenantDocuments(store).last_number());
    if (!last) {
        const auto made = impl->create({.id = "default", .name = "Default"});
        // Another process that starts on the same store may be ahead of us.
        if (!made && made.error().code != Code::already_exists)
            return std::unexpected(made.error());
    }
    return std::unique_ptr<Tenants>(new Tenants(std::move(impl)));
}

const std::optional<std::string>& Tenants::made_root_key() const { return impl_->made_root_key_; }

Result<Caller> Tenants::authenticate(std::string_view key) const {
    if (key.empty() || key.size() > kCredentialBytesMax) return unknown_key();
    return key.starts_with(kTokenPrefix) ? impl_->authenticate_token(key)
                                         : impl_->authenticate_key(key);
}

std::uint64_t Tenants::epoch() const { return impl_->epoch_.load(std::memory_order_acquire); }

Result<void> Tenants::maintain() { return impl_->maintain(); }

Result<TenantId> Tenants::find(std::string_view tenant) const {
    const Registry& current = impl_->current();
    const TenantRecord* record = current.find(tenant);
    if (record == nullptr) return unknown_tenant();
    return record->number;
}

Result<TenantDocument> Tenants::get(TenantId tenant) const {
    const auto current = impl_->registry();
    const TenantRecord* record = current->find(tenant);
    if (record == nullptr) return unknown_tenant();
    return document_of(*record);
}

std::vector<TenantDocument> Tenants::list() const {
    const auto current = impl_->registry();
    std::vector<TenantDocument> all;
    for (const auto& [name, record] : current->tenants()) all.push_back(document_of(*record));
    return all;
}

Result<TenantDocument> Tenants::create(domain::Tenant tenant) {
    return impl_->create(std::move(tenant));
}

Result<TenantDocument> Tenants::update(TenantId tenant, domain::Tenant changed,
                                       std::optional<std::uint64_t> expected) {
    return impl_->update(tenant, expected, [&](StoredTenantRecord& stored) -> Result<void> {
        if (changed.id != stored.tenant.id) return fail_field("/id", "a tenant keeps its name");
        ATTUNE_TRY_VOID(check_tenant(changed));
        const base::Time created_at = stored.tenant.created_at;
        stored.tenant = changed;
        stored.tenant.created_at = created_at;
        return {};
    });
}

Result<void> Tenants::remove(TenantId tenant) { return impl_->remove(tenant); }

Result<NewKey> Tenants::create_key(TenantId tenant, std::string_view name, domain::Role role,
                                   std::optional<base::Time> expires_at) {
    return impl_->create_key(tenant, name, role, expires_at);
}

std::vector<domain::ApiKey> Tenants::keys(TenantId tenant) const {
    const auto current = impl_->registry();
    std::vector<domain::ApiKey> found;
    for (const auto& [digest, record] : current->keys()) {
        if (record->tenant == tenant) found.push_back(shown(*record));
    }
    std::ranges::sort(found, {},
                      [](const domain::ApiKey& key) { return std::pair(key.created_at, key.id); });
    return found;
}

Result<void> Tenants::revoke_key(TenantId tenant, std::string_view key_id) {
    return impl_->revoke_key(tenant, key_id);
}

Result<std::shared_ptr<const domain::Tenant>> Tenants::settings(TenantId tenant) const {
    const Registry& current = impl_->current();
    const TenantRecord* record = current.find(tenant);
    if (record == nullptr) return unknown_tenant();
    return record->settings;
}

std::shared_ptr<const WeightTable> Tenants::weights(TenantId tenant) const {
    const Registry& current = impl_->current();
    const TenantRecord* record = current.find(tenant);
    return record != nullptr ? record->weights : impl_->builtin_weights_;
}

base::Id128 Tenants::hashed_id(TenantId tenant, std::string_view kind, std::string_view id) const {
    const Registry& current = impl_->current();
    const TenantRecord* record = current.find(tenant);
    // A tenant removed a moment ago: a hash that no record has.
    const HmacKey& key = record != nullptr ? record->secret->ids : impl_->pepper_;
    const base::Digest256 digest = key.sign({kind, std::string_view("\0", 1), id});
    base::Id128 hashed;
    std::copy_n(digest.begin(), hashed.bytes.size(), hashed.bytes.begin());
    return hashed;
}

}  // namespace attune::engine
