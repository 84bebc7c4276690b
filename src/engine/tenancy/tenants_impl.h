// The inside of Tenants: one writer at a time works on the store's documents and publishes the next
// Registry; authentication reads the current one. Only tenants*.cpp include this.
#pragma once

#include "base/mutex.h"
#include "base/snapshot.h"
#include "engine/tenancy/person_token.h"
#include "engine/tenancy/registry.h"
#include "engine/tenancy/secrets.h"
#include "engine/tenancy/tenant_documents.h"
#include "engine/tenancy/tenants.h"

#include <atomic>
#include <functional>
#include <set>

namespace attune::engine {

inline constexpr std::size_t kCredentialBytesMax = 1024;

[[nodiscard]] std::unexpected<Error> unknown_key();
[[nodiscard]] std::unexpected<Error> unknown_tenant();
[[nodiscard]] TenantDocument document_of(const TenantRecord& record);

class Tenants::Impl {
public:
    Impl(store::Store& store, const base::Clock& clock, base::Random& random,
         TenancyOptions options, std::unique_ptr<Secrets> secrets);

    Result<void> start();
    // For writers and listings.
    std::shared_ptr<const Registry> registry() const { return registry_.get(); }
    // For requests: no lock. Valid until this thread asks again.
    const Registry& current() const;

    Result<Caller> authenticate_key(std::string_view text) const;
    Result<Caller> authenticate_token(std::string_view text) const;

    Result<TenantDocument> create(domain::Tenant tenant) ATTUNE_EXCLUDES(mutex_);
    // `change` edits the stored record; it is called again when another process was faster.
    using Change = std::function<Result<void>(StoredTenantRecord&)>;
    Result<TenantDocument> update(TenantId number, std::optional<std::uint64_t> expected,
                                  const Change& change) ATTUNE_EXCLUDES(mutex_);
    Result<void> remove(TenantId number) ATTUNE_EXCLUDES(mutex_);
    Result<NewKey> create_key(TenantId number, std::string_view name, domain::Role role,
                              std::optional<base::Time> expires_at) ATTUNE_EXCLUDES(mutex_);
    Result<void> revoke_key(TenantId number, std::string_view key_id) ATTUNE_EXCLUDES(mutex_);
    // `change` answers whether it changed anything; it is called again when another process was faster.
    using TokensChange = std::function<bool(TokenRevocations&)>;
    Result<void> change_tokens(TenantId number, const TokensChange& change) ATTUNE_EXCLUDES(mutex_);
    bool holds(const Registry& current, const TenantRecord& tenant, const PersonToken& token) const;
    base::Id128 token_subject(const TenantRecord& tenant, std::string_view user_id) const;
    Result<void> maintain() ATTUNE_EXCLUDES(mutex_);
    Result<void> save_uses(base::Duration step) ATTUNE_EXCLUDES(mutex_);

    const base::Clock& clock_;
    base::Random& random_;
    const TenancyOptions options_;
    const HmacKey pepper_;
    const std::shared_ptr<const WeightTable> builtin_weights_ =
        std::make_shared<const WeightTable>();
    std::shared_ptr<const KeyRecord>
        configured_root_;                       // constant; null when the root keys are stored ones
    std::optional<std::string> made_root_key_;  // constant after start()
    std::atomic<std::uint64_t> epoch_{1};

private:
    Result<void> refresh() ATTUNE_REQUIRES(mutex_);
    Result<std::shared_ptr<const TenantRecord>> record_of(StoredTenantRecord stored)
        ATTUNE_REQUIRES(mutex_);
    base::Id128 issuer_of(const base::Digest256& key) const;
    Result<void> refresh_tokens(Registry& next, bool& changed) ATTUNE_REQUIRES(mutex_);
    Result<void> change_tokens_locked(TenantId number, const TokensChange& change)
        ATTUNE_REQUIRES(mutex_);
    Result<void> forget_revocations() ATTUNE_REQUIRES(mutex_);
    void publish(Registry registry) ATTUNE_REQUIRES(mutex_);
    Result<NewKey> make_key(TenantId number, std::string_view name, domain::Role role,
                            std::optional<base::Time> expires_at) ATTUNE_REQUIRES(mutex_);

    store::Store& store_;
    TenantDocuments documents_;
    base::Mutex mutex_;  // of writers
    std::unique_ptr<Secrets> secrets_ ATTUNE_GUARDED_BY(mutex_);
    // Whose tokens were changed when the disk was full: memory is ahead of their documents.
    std::set<TenantId> unsaved_tokens_ ATTUNE_GUARDED_BY(mutex_);
    base::SteadyTime refreshed_at_ ATTUNE_GUARDED_BY(mutex_){};
    base::SteadyTime uses_saved_at_ ATTUNE_GUARDED_BY(mutex_){};
    base::Snapshot<Registry> registry_;
};

}  // namespace attune::engine
