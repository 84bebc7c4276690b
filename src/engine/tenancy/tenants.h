// Tenants and their keys. Both live in store documents and are published as one immutable snapshot,
// so that resolving a key on a request reads memory and takes no lock.
//
//     auto caller = tenants.authenticate(key);     // unauthenticated when nobody has it
//     caller->tenant, caller->role
//
// Keys look like "atk_<role>_<22 random characters>_<6 checksum characters>"; only
// HMAC-SHA256(pepper, key) is stored, compared in constant time. A key is rotated by making a
// second one, moving the callers over, and revoking the first. Whoever fails to authenticate gets
// one answer, whether the key is unknown, mistyped, expired or revoked.
//
// Thread-safe. Changes are durable when they return, and in force from then on in this process;
// other processes on the same store see them within `revoke_within`, which maintain() sees to.
#pragma once

#include "base/random.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/tenant.h"
#include "engine/tenancy/tenant_view.h"
#include "store/store.h"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace attune::engine {

// Who is calling, and for whom.
struct Caller {
    TenantId tenant;  // nobody (0) for root
    std::string tenant_name;
    domain::Role role = domain::Role::service;
    std::string key_id;
    std::optional<std::string> person;  // the user a person token is bound to
    // From then on this authentication no longer holds: whoever remembers it looks at this and at
    // epoch().
    std::optional<base::Time> expires_at;
};

struct NewKey {
    domain::ApiKey key;
    std::string secret;  // shown this once
};

struct SignedToken {
    std::string text;
    base::Time expires_at;
};

struct TenantDocument {
    domain::Tenant tenant;
    std::uint64_t version = 0;
};

struct TenancyOptions {
    // The only root key when it is set; else the stored ones, and one is made when there are none.
    // At least 16 characters, of any form.
    std::string root_key;
    base::Duration revoke_within = std::chrono::seconds(30);
    base::Duration save_uses_every = std::chrono::minutes(10);
    std::size_t tenants_max = 10'000;
    std::size_t keys_of_tenant_max = 100;
};

// All tokens and stream addresses that were signed so far end, of every tenant: for a store that was brought back from a
// backup, as nobody knows which were signed since, nor which of them were revoked. Nobody has the store's tenants open.
[[nodiscard]] Result<void> end_tokens(store::Store& store, base::Time now);

class Tenants final : public TenantView {
public:
    // Reads all tenants and keys; makes the pepper and, when none is given or stored, the root key.
    // The first start also makes the tenant "default". The arguments outlive Tenants.
    [[nodiscard]] static Result<std::unique_ptr<Tenants>> open(store::Store& store,
                                                               const base::Clock& clock,
                                                               base::Random& random,
                                                               TenancyOptions options);
    ~Tenants() override;  // saves when keys were last used

    // The root key when open() made one, to be printed once.
    [[nodiscard]] const std::optional<std::string>& made_root_key() const;

    // Who holds the key or person token. Takes no lock and asks no store: under a microsecond.
    [[nodiscard]] Result<Caller> authenticate(std::string_view key) const;
    // Changes whenever a key or tenant did; callers that remember an authentication check it.
    [[nodiscard]] std::uint64_t epoch() const;
    // A signed token that lets one person at their own data until it expires, after a year at the latest and never after
    // the key that asked for it (`key_id`; empty: no key, the program itself), with which it is revoked.
    [[nodiscard]] Result<SignedToken> person_token(TenantId tenant, std::string_view user_id,
                                                   base::Duration lifetime,
                                                   std::string_view key_id = {});
    // A signed token that lets whoever has it hear that the tenant's flags changed (stream_token.h). It is the same for
    // half a day, so that what it stands in is the same too, and works for half a day to a day.
    [[nodiscard]] Result<std::string> stream_token(TenantId tenant) const;
    // Whose it is; unauthenticated as authenticate() says it. The role is that of a key that only writes.
    [[nodiscard]] Result<Caller> authenticate_stream(std::string_view token) const;
    // Every person token and stream token of the tenant signed so far stops working.
    [[nodiscard]] Result<void> revoke_person_tokens(TenantId tenant);
    // Every person token that was signed for one of these ids so far. Where the disk reserve is reached it holds in this
    // process at once, and is stored as soon as there is room.
    [[nodiscard]] Result<void> revoke_person_tokens(TenantId tenant,
                                                    std::span<const std::string> user_ids);

    // Reads what other processes changed and saves when keys were last used. Call it every few
    // seconds from a background thread; it does what is due and no more.
    [[nodiscard]] Result<void> maintain();

    [[nodiscard]] Result<TenantId> find(std::string_view tenant) const;
    [[nodiscard]] Result<TenantDocument> get(TenantId tenant) const;
    [[nodiscard]] std::vector<TenantDocument> list() const;  // by name
    // invalid_argument names the field; already_exists; resource_exhausted "too_many".
    [[nodiscard]] Result<TenantDocument> create(domain::Tenant tenant);
    // `expected` as in Store::put_document; a lost race is failed_precondition "version_mismatch".
    // The name and the time of creation stay what they are.
    [[nodiscard]] Result<TenantDocument> update(TenantId tenant, domain::Tenant changed,
                                                std::optional<std::uint64_t> expected);
    // Only when it has no people left: failed_precondition "not_empty". Its keys go with it.
    [[nodiscard]] Result<void> remove(TenantId tenant);

    // Root keys belong to nobody ({0}), all others to a tenant; persons have tokens instead.
    [[nodiscard]] Result<NewKey> create_key(TenantId tenant, std::string_view name,
                                            domain::Role role,
                                            std::optional<base::Time> expires_at);
    [[nodiscard]] std::vector<domain::ApiKey> keys(TenantId tenant) const;  // oldest first
    // The last root key stays: failed_precondition.
    [[nodiscard]] Result<void> revoke_key(TenantId tenant, std::string_view key_id);

    [[nodiscard]] Result<std::shared_ptr<const domain::Tenant>> settings(
        TenantId tenant) const override;
    [[nodiscard]] std::shared_ptr<const WeightTable> weights(TenantId tenant) const override;
    [[nodiscard]] base::Id128 hashed_id(TenantId tenant, std::string_view kind,
                                        std::string_view id) const override;

private:
    class Impl;
    explicit Tenants(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace attune::engine
