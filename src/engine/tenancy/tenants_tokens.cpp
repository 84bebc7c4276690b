// The part of Tenants that signs tokens, reads them and revokes them.
#include "engine/tenancy/person_token.h"
#include "engine/tenancy/stream_token.h"
#include "engine/tenancy/tenants_impl.h"

#include <algorithm>
#include <vector>

namespace attune::engine {
namespace {

constexpr std::size_t kUserIdBytesMax = 256;
constexpr base::Duration kStreamTokenSpan = std::chrono::hours(12);
constexpr base::Duration kTokenLifetimeMax = std::chrono::days(366);
// How far ahead is noted until when tokens live, so that signing them writes once in so long and not each time.
constexpr base::Duration kSignedAhead = std::chrono::hours(1);
constexpr int kAttemptsMax = 16;

base::Id128 front_of(const base::Digest256& digest) {
    base::Id128 id;
    std::copy_n(digest.begin(), id.bytes.size(), id.bytes.begin());
    return id;
}

}  // namespace

// Whom a token is for, as its revocation is stored: by a hash, as all external ids are.
base::Id128 Tenants::Impl::token_subject(const TenantRecord& tenant,
                                         std::string_view user_id) const {
    return front_of(tenant.secret->ids.sign({"token", std::string_view("\0", 1), user_id}));
}

// What a token names its key by: nothing that the key could be found with, nor what is stored of it.
base::Id128 Tenants::Impl::issuer_of(const base::Digest256& key) const {
    return front_of(pepper_.sign({"token issuer", std::string_view("\0", 1), base::view_of(key)}));
}

// Whether neither the key that signed a token was revoked nor the token itself.
bool Tenants::Impl::holds(const Registry& current, const TenantRecord& tenant,
                          const PersonToken& token) const {
    if (!token.issuer.is_nil()) {
        const KeyRecord* issuer = current.find_issuer(token.issuer);
        const bool may = issuer != nullptr && (issuer->tenant == tenant.number ||
                                               issuer->key.role == domain::Role::root);
        if (!may) return false;
    }
    const TenantTokens* tokens = current.tokens_of(tenant.number);
    // What is signed is noted before, in memory at least.
    if (tokens == nullptr ||
        !tokens->revocations.may_have_signed(token.revocations, token.expires_at))
        return false;
    // Nearly always: then the hash is not needed.
    if (tokens->revocations.people().empty())
        return token.revocations >= tokens->revocations.everybody_before();
    return !tokens->revocations.is_revoked(token_subject(tenant, token.user_id), token.revocations);
}

Result<Caller> Tenants::Impl::authenticate_token(std::string_view text) const {
    const auto token = parse_token(text);
    if (!token) return unknown_key();
    const Registry& current = this->current();
    const TenantRecord* tenant = current.find(token->claims.tenant);
    // A tenant that is not there costs the same signature, of a key that signs nothing.
    const bool valid = verify_token(*token, tenant != nullptr ? tenant->secret->tokens : pepper_);
    if (!valid || tenant == nullptr || token->claims.epoch != tenant->token_epoch ||
        token->claims.expires_at <= clock_.now()) {
        return unknown_key();
    }
    if (!holds(current, *tenant, token->claims)) return unknown_key();
    return Caller{.tenant = tenant->number,
                  .tenant_name = tenant->settings->id,
                  .role = domain::Role::person,
                  .key_id = {},
                  .person = token->claims.user_id,
                  .expires_at = token->claims.expires_at};
}

Result<void> Tenants::Impl::refresh_tokens(Registry& next, bool& changed) {
    ATTUNE_TRY(auto stored, documents_.tokens());
    const auto current = registry();
    for (TenantTokens& tokens : stored) {
        if (next.find(tokens.tenant) == nullptr || unsaved_tokens_.contains(tokens.tenant))
            continue;
        const TenantTokens* known = current->tokens_of(tokens.tenant);
        changed = changed || known == nullptr || known->version != tokens.version;
        next.put(std::make_shared<const TenantTokens>(std::move(tokens)));
    }
    for (const TenantId tenant : unsaved_tokens_) {
        const auto kept = current->tokens().find(tenant);
        if (kept != current->tokens().end()) next.put(kept->second);
    }
    return {};
}

Result<void> Tenants::Impl::change_tokens(TenantId number, const TokensChange& change) {
    const base::MutexLock lock(mutex_);
    return change_tokens_locked(number, change);
}

Result<void> Tenants::Impl::change_tokens_locked(TenantId number, const TokensChange& change) {
    const auto current = registry();
    if (current->find(number) == nullptr) return unknown_tenant();
    for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
        TenantTokens next{.tenant = number};
        if (unsaved_tokens_.contains(number)) {
            next = *current->tokens_of(number);
        } else {
            ATTUNE_TRY(auto stored, documents_.tokens(number));
            if (stored) next = *std::move(stored);
        }
        if (!change(next.revocations) && !unsaved_tokens_.contains(number)) return {};
        const auto version = documents_.put(next);
        if (version) {
            next.version = *version;
            unsaved_tokens_.erase(number);
        } else if (version.error().reason == "version_mismatch") {
            continue;
        } else if (version.error().reason == "disk_full") {
            unsaved_tokens_.insert(number);
        } else {
            return std::unexpected(version.error());
        }
        Registry published = *current;
        published.put(std::make_shared<const TenantTokens>(std::move(next)));
        publish(std::move(published));
        return {};
    }
    return fail(Code::aborted, "the tenant's tokens keep changing; try again");
}

// Saves what could not be saved before, too.
Result<void> Tenants::Impl::forget_revocations() {
    const auto current = registry();
    const base::Time now = clock_.now();
    for (const auto& [tenant, tokens] : current->tokens()) {
        const auto is_over = [now](const auto& one) { return one.second.forgotten_at <= now; };
        if (!unsaved_tokens_.contains(tenant) &&
            std::ranges::none_of(tokens->revocations.people(), is_over))
            continue;
        ATTUNE_TRY_VOID(change_tokens_locked(
            tenant, [now](TokenRevocations& revocations) { return revocations.forget(now); }));
    }
    return {};
}

Result<void> end_tokens(store::Store& store, base::Time now) {
    TenantDocuments documents(store);
    ATTUNE_TRY(auto tenants, documents.tenants());
    const auto seconds =
        std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
    for (StoredTenantRecord& tenant : tenants) {
        // The next number may have been given since as well. Nobody revokes once a second from the beginning of time.
        tenant.token_epoch = std::max(tenant.token_epoch + 1, static_cast<std::uint32_t>(seconds));
        ATTUNE_TRY_VOID(documents.put(tenant, tenant.version));
    }
    return {};
}

Result<SignedToken> Tenants::person_token(TenantId tenant, std::string_view user_id,
                                          base::Duration lifetime, std::string_view key_id) {
    if (user_id.empty() || user_id.size() > kUserIdBytesMax) {
        return fail_field("/user_id", "must have 1 to 256 bytes");
    }
    if (lifetime < std::chrono::seconds(1) || lifetime > kTokenLifetimeMax) {
        return fail_field("/lifetime_seconds", "must be from one second to 366 days");
    }
    PersonToken token{.tenant = tenant,
                      .expires_at = impl_->clock_.now() + lifetime,
                      .user_id = std::string(user_id)};
    auto current = impl_->registry();
    const TenantRecord* record = current->find(tenant);
    if (record == nullptr) return unknown_tenant();
    if (!key_id.empty()) {
        const KeyRecord* key = current->find_key(key_id);
        if (key == nullptr) return unknown_key();
        token.issuer = key->issuer;
        if (key->key.expires_at)
            token.expires_at = std::min(token.expires_at, *key->key.expires_at);
    }
    const auto covers = [&token](const TenantTokens* tokens) {
        return tokens != nullptr && tokens->revocations.signed_until() >= token.expires_at;
    };
    if (!covers(current->tokens_of(tenant))) {
        ATTUNE_TRY_VOID(impl_->change_tokens(tenant, [&token](TokenRevocations& revocations) {
            revocations.signs_until(token.expires_at + kSignedAhead);
            return true;
        }));
        current = impl_->registry();
        record = current->find(tenant);
        if (record == nullptr) return unknown_tenant();
    }
    token.epoch = record->token_epoch;
    if (const TenantTokens* tokens = current->tokens_of(tenant))
        token.revocations = tokens->revocations.count();
    return SignedToken{sign_token(token, record->secret->tokens), token.expires_at};
}

Result<std::string> Tenants::stream_token(TenantId tenant) const {
    const Registry& current = impl_->current();
    const TenantRecord* record = current.find(tenant);
    if (record == nullptr) return unknown_tenant();
    const auto spans = impl_->clock_.now().time_since_epoch() / kStreamTokenSpan;
    const base::Time expires_at((spans + 2) * kStreamTokenSpan);
    return sign_stream_token({tenant, record->token_epoch, expires_at}, record->secret->tokens);
}

Result<Caller> Tenants::authenticate_stream(std::string_view text) const {
    if (text.size() > kCredentialBytesMax) return unknown_key();
    const auto token = ClaimedStreamToken::parse(text);
    if (!token) return unknown_key();
    const Registry& current = impl_->current();
    const TenantRecord* tenant = current.find(token->claims.tenant);
    const bool valid = token->verify(tenant != nullptr ? tenant->secret->tokens : impl_->pepper_);
    if (!valid || tenant == nullptr || token->claims.epoch != tenant->token_epoch ||
        token->claims.expires_at <= impl_->clock_.now()) {
        return unknown_key();
    }
    return Caller{.tenant = tenant->number,
                  .tenant_name = tenant->settings->id,
                  .role = domain::Role::ingest,
                  .key_id = {},
                  .person = {},
                  .expires_at = token->claims.expires_at};
}

Result<void> Tenants::revoke_person_tokens(TenantId tenant) {
    auto changed =
        impl_->update(tenant, std::nullopt, [](StoredTenantRecord& stored) -> Result<void> {
            ++stored.token_epoch;
            return {};
        });
    return changed ? Result<void>{} : std::unexpected(std::move(changed).error());
}

Result<void> Tenants::revoke_person_tokens(TenantId tenant, std::span<const std::string> user_ids) {
    const auto current = impl_->registry();
    const TenantRecord* record = current->find(tenant);
    if (record == nullptr) return unknown_tenant();
    std::vector<base::Id128> whom;
    whom.reserve(user_ids.size());
    for (const std::string& user_id : user_ids)
        whom.push_back(impl_->token_subject(*record, user_id));
    return impl_->change_tokens(tenant,
                                [&whom, now = impl_->clock_.now()](TokenRevocations& revocations) {
                                    return revocations.revoke(whom, now);
                                });
}

}  // namespace attune::engine
