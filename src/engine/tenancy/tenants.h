// Tenants and their keys. Both live in store documents and are published as one immutable snapshot, so that resolving a
// key on a request reads memory and takes no lock.
//
//     auto caller = tenants.authenticate(key);     // unauthenticated when nobody has it
//     caller->tenant, caller->role
//
// Keys look like "atk_<role>_<22 random characters>_<6 checksum characters>"; only HMAC-SHA256(pepper, key) is stored,
// compared in constant time. Thread-safe.
#pragma once

#include "base/random.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/tenant.h"
#include "engine/tenancy/tenant_view.h"
#include "store/store.h"

#include <memory>
#include <optional>
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
};

struct NewKey {
    domain::ApiKey key;
    std::string secret;  // shown this once
};

struct TenantDocument {
    domain::Tenant tenant;
    std::uint64_t version = 0;
};

struct TenancyOptions {
    std::string root_key;  // empty: the stored one; made when there is none
    base::Duration revoke_within = std::chrono::seconds(30);
};

class Tenants final : public TenantView {
public:
    // Reads all tenants and keys; makes the pepper and, when none is given or stored, the root key. The first start also
    // makes the tenant "default".
    [[nodiscard]] static Result<std::unique_ptr<Tenants>> open(store::Store& store, const base::Clock& clock,
                                                               base::Random& random, TenancyOptions options);
    ~Tenants() override;

    // The root key when open() made one, to be printed once.
    [[nodiscard]] const std::optional<std::string>& made_root_key() const;

    [[nodiscard]] Result<Caller> authenticate(std::string_view key) const;
    // Changes whenever a key or tenant did; callers that remember an authentication check it.
    [[nodiscard]] std::uint64_t epoch() const;
    // A signed token that lets one person at their own data until it expires.
    [[nodiscard]] Result<std::string> person_token(TenantId tenant, std::string_view user_id,
                                                   base::Duration lifetime) const;

    [[nodiscard]] Result<TenantId> find(std::string_view tenant) const;
    [[nodiscard]] Result<TenantDocument> get(TenantId tenant) const;
    [[nodiscard]] std::vector<TenantDocument> list() const;
    [[nodiscard]] Result<TenantDocument> create(domain::Tenant tenant);
    // `expected` as in Store::put_document.
    [[nodiscard]] Result<TenantDocument> update(TenantId tenant, domain::Tenant changed,
                                                std::optional<std::uint64_t> expected);
    [[nodiscard]] Result<void> remove(TenantId tenant);  // only when it has no people left

    [[nodiscard]] Result<NewKey> create_key(TenantId tenant, std::string_view name, domain::Role role,
                                            std::optional<base::Time> expires_at);
    [[nodiscard]] std::vector<domain::ApiKey> keys(TenantId tenant) const;
    [[nodiscard]] Result<void> revoke_key(TenantId tenant, std::string_view key_id);

    [[nodiscard]] Result<std::shared_ptr<const domain::Tenant>> settings(TenantId tenant) const override;
    [[nodiscard]] std::shared_ptr<const WeightTable> weights(TenantId tenant) const override;
    [[nodiscard]] base::Id128 hashed_id(TenantId tenant, std::string_view kind,
                                        std::string_view id) const override;

private:
    class Impl;
    explicit Tenants(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace attune::engine
