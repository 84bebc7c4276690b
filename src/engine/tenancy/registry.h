// Registry: all tenants and keys as one immutable value. Tenants builds the next one beside the
// current and publishes it; a request reads whichever was published when it looked, without a lock.
//
// Immutable once published, except for the last use of each key, which is an atomic that successive
// registries share.
#pragma once

#include "base/crypto.h"
#include "base/id128.h"
#include "domain/tenant.h"
#include "engine/tenancy/secrets.h"
#include "engine/tenancy/token_revocations.h"
#include "engine/tenancy/weights.h"

#include <atomic>
#include <cstdint>
#include <cstring>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

namespace attune::engine {

using domain::TenantId;

struct TenantRecord {
    TenantId number;
    std::uint64_t version = 0;  // of its document
    std::uint32_t token_epoch = 1;
    std::shared_ptr<const domain::Tenant> settings;
    std::shared_ptr<const WeightTable> weights;
    std::shared_ptr<const TenantSecret> secret;
};

struct KeyRecord {
    TenantId tenant;            // nobody for root keys
    std::uint64_t version = 0;  // of its document; 0: configured, not stored
    domain::ApiKey key;         // last_used_at as it was stored
    base::Digest256 digest{};
    base::Id128 issuer;  // what the tokens that it signs name it by; another when its text is
    std::shared_ptr<std::atomic<std::int64_t>> last_used_us;  // 0: not yet
};

struct TenantTokens {
    TenantId tenant;
    std::uint64_t version = 0;  // of its document; 0: not stored yet
    TokenRevocations revocations;
};

class Registry {
public:
    [[nodiscard]] const TenantRecord* find(TenantId number) const;
    [[nodiscard]] const TenantRecord* find(std::string_view name) const;
    // The digest is keyed by the pepper, so where it falls in the table tells a caller nothing;
    // candidates are still compared whole, without an early exit.
    [[nodiscard]] const KeyRecord* match(const base::Digest256& digest) const;
    [[nodiscard]] const KeyRecord* find_key(std::string_view key_id) const;
    [[nodiscard]] const KeyRecord* find_issuer(const base::Id128& issuer) const;
    // Null when none of the tenant's tokens was ever signed here.
    [[nodiscard]] const TenantTokens* tokens_of(TenantId number) const;
    [[nodiscard]] std::size_t keys_of(TenantId tenant) const;

    // While it is being built.
    void put(std::shared_ptr<const TenantRecord> tenant);
    void put(std::shared_ptr<const KeyRecord> key);
    void put(std::shared_ptr<const TenantTokens> tokens);
    void remove_tenant(TenantId number);  // and its keys and tokens
    void remove_key(std::string_view key_id);

    [[nodiscard]] const auto& tenants() const { return by_name_; }
    [[nodiscard]] const auto& keys() const { return keys_; }
    [[nodiscard]] const auto& tokens() const { return tokens_; }

private:
    struct DigestHash {
        std::size_t operator()(const base::Digest256& digest) const noexcept {
            std::size_t word = 0;
            std::memcpy(&word, digest.data(), sizeof word);
            return word;
        }
    };
    struct DigestEqual {
        bool operator()(const base::Digest256& a, const base::Digest256& b) const noexcept {
            return base::constant_time_equal(base::view_of(a), base::view_of(b));
        }
    };
    using KeyTable = std::unordered_map<base::Digest256, std::shared_ptr<const KeyRecord>,
                                        DigestHash, DigestEqual>;

    std::unordered_map<std::uint32_t, std::shared_ptr<const TenantRecord>> by_number_;
    std::map<std::string, std::shared_ptr<const TenantRecord>, std::less<>> by_name_;
    KeyTable keys_;
    std::unordered_map<base::Id128, std::shared_ptr<const KeyRecord>, base::Id128Hash> by_issuer_;
    std::map<TenantId, std::shared_ptr<const TenantTokens>> tokens_;
};

}  // namespace attune::engine
