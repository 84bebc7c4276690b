// TenantDocuments: how tenants and keys are kept. Collections of tenant 0, which is nobody's:
//
//     tenants/<name>   {"number": 1, "token_epoch": 1, "tenant": {…}}
//     keys/<key id>    {"tenant": 1, "digest": "<hex of HMAC-SHA256(pepper, key)>", "key": {…}}
//     tokens/<number>  {"revocations": 3, "everybody_before": 0, "signed_until": "…", "people": [{"who": "<hashed id>", …}]}
//     counters/tenants {"last": 1}                  a number is never given twice
//
// Every write is a compare-and-set, so that several processes on one store do not undo each other.
// Thread-safe as far as the store is.
#pragma once

#include "base/result.h"
#include "engine/tenancy/registry.h"
#include "store/store.h"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace attune::engine {

// A tenant's document, before its secret and weights are attached.
struct StoredTenantRecord {
    TenantId number;
    std::uint32_t token_epoch = 1;
    domain::Tenant tenant;
    std::uint64_t version = 0;
};

class TenantDocuments {
public:
    explicit TenantDocuments(store::Store& store) : store_(store) {}

    [[nodiscard]] Result<std::vector<StoredTenantRecord>> tenants() const;
    [[nodiscard]] Result<std::optional<StoredTenantRecord>> tenant(std::string_view name) const;
    // Answers the new version. `expected` as in Store::put_document.
    [[nodiscard]] Result<std::uint64_t> put(const StoredTenantRecord& tenant,
                                            std::uint64_t expected);
    [[nodiscard]] Result<void> remove_tenant(std::string_view name);

    // Keys without their last_used_us.
    [[nodiscard]] Result<std::vector<KeyRecord>> keys() const;
    [[nodiscard]] Result<std::uint64_t> put(const KeyRecord& key, std::uint64_t expected);
    [[nodiscard]] Result<void> remove_key(std::string_view key_id);

    [[nodiscard]] Result<std::vector<TenantTokens>> tokens() const;
    [[nodiscard]] Result<std::optional<TenantTokens>> tokens(TenantId number) const;
    [[nodiscard]] Result<std::uint64_t> put(const TenantTokens& tokens);  // expects its version
    [[nodiscard]] Result<void> remove_tokens(TenantId number);

    // Empty when no tenant was ever made.
    [[nodiscard]] Result<std::optional<std::uint32_t>> last_number() const;
    [[nodiscard]] Result<TenantId> next_number();

private:
    store::Store& store_;
};

}  // namespace attune::engine
