#include "engine/tenancy/tenants_impl.h"

#include "engine/tenancy/key_text.h"
#include "engine/tenancy/tenant_rules.h"

#include <algorithm>

namespace attune::engine {
namespace {

using domain::Role;

constexpr std::size_t kKeyNameBytesMax = 200;
constexpr int kAttemptsMax = 16;

std::int64_t microseconds(base::Time time) { return time.time_since_epoch().count(); }

std::shared_ptr<std::atomic<std::int64_t>> use_of(const domain::ApiKey& key) {
    return std::make_shared<std::atomic<std::int64_t>>(
        key.last_used_at ? microseconds(*key.last_used_at) : 0);
}

}  // namespace

std::unexpected<Error> unknown_key() {
    return fail(Code::unauthenticated, "the key is not known, has expired or was revoked");
}

std::unexpected<Error> unknown_tenant() { return fail(Code::not_found, "there is no such tenant"); }

TenantDocument document_of(const TenantRecord& record) {
    return {*record.settings, record.version};
}

Tenants::Impl::Impl(store::Store& store, const base::Clock& clock, base::Random& random,
                    TenancyOptions options, std::unique_ptr<Secrets> secrets)
    : clock_(clock),
      random_(random),
      options_(std::move(options)),
      pepper_(secrets->pepper()),
      store_(store),
      documents_(store),
      secrets_(std::move(secrets)),
      registry_(std::make_shared<const Registry>()) {
    if (options_.root_key.empty()) return;
    KeyRecord root{.key = {.id = "root", .name = "Set by the configuration", .role = Role::root}};
    root.key.created_at = clock_.now();
    root.digest = pepper_.sign(options_.root_key);
    root.issuer = issuer_of(root.digest);
    root.last_used_us = use_of(root.key);
    configured_root_ = std::make_shared<const KeyRecord>(std::move(root));
}

const Registry& Tenants::Impl::current() const { return registry_.of_this_thread(); }

Result<void> Tenants::Impl::start() {
    const base::MutexLock lock(mutex_);
    ATTUNE_TRY_VOID(refresh());
    uses_saved_at_ = clock_.steady_now();
    const auto current = registry();
    const bool has_root = std::ranges::any_of(
        current->keys(), [](const auto& entry) { return entry.second->key.role == Role::root; });
    if (!has_root) {
        ATTUNE_TRY(NewKey root, make_key({}, "root", Role::root, std::nullopt));
        made_root_key_ = std::move(root.secret);
    }
    return {};
}

void Tenants::Impl::publish(Registry registry) {
    registry_.set(std::make_shared<const Registry>(std::move(registry)));
    epoch_.fetch_add(1, std::memory_order_release);
}

Result<std::shared_ptr<const TenantRecord>> Tenants::Impl::record_of(StoredTenantRecord stored) {
    ATTUNE_TRY(auto secret, secrets_->tenant(stored.number));
    auto weights = std::make_shared<const WeightTable>(stored.tenant.event_weights);
    return std::make_shared<const TenantRecord>(
        TenantRecord{stored.number, stored.version, stored.token_epoch,
                     std::make_shared<const domain::Tenant>(std::move(stored.tenant)),
                     std::move(weights), std::move(secret)});
}

// Records whose document did not change are carried over, so that following the store is cheap and
// the last uses of keys go on counting in one place.
Result<void> Tenants::Impl::refresh() {
    ATTUNE_TRY(auto tenants, documents_.tenants());
    ATTUNE_TRY(auto keys, documents_.keys());
    const auto current = registry();
    Registry next;
    bool changed = tenants.size() != current->tenants().size();
    for (StoredTenantRecord& stored : tenants) {
        const TenantRecord* known = current->find(stored.number);
        if (known != nullptr && known->version == stored.version) {
            next.put(current->tenants().find(known->settings->id)->second);
            continue;
        }
        changed = true;
        ATTUNE_TRY(auto record, record_of(std::move(stored)));
        next.put(std::move(record));
    }
    for (KeyRecord& stored : keys) {
        const bool is_root = stored.key.role == Role::root;
        // Keys of a tenant that is gone: its removal was cut short after its own document went.
        if (is_root ? configured_root_ != nullptr : next.find(stored.tenant) == nullptr) continue;
        stored.issuer = issuer_of(stored.digest);
        const KeyRecord* known = current->match(stored.digest);
        changed = changed || known == nullptr || known->version != stored.version;
        stored.last_used_us = known != nullptr ? known->last_used_us : use_of(stored.key);
        next.put(std::make_shared<const KeyRecord>(std::move(stored)));
    }
    if (configured_root_) next.put(configured_root_);
    ATTUNE_TRY_VOID(refresh_tokens(next, changed));
    changed = changed || next.keys().size() != current->keys().size();
    refreshed_at_ = clock_.steady_now();
    if (changed) publish(std::move(next));
    return {};
}

Result<void> Tenants::Impl::maintain() {
    const base::SteadyTime now = clock_.steady_now();
    bool save = false;
    {
        const base::MutexLock lock(mutex_);
        // Half of what is promised, since a change may come right after a look.
        if (now - refreshed_at_ >= options_.revoke_within / 2) {
            ATTUNE_TRY_VOID(refresh());
            ATTUNE_TRY_VOID(forget_revocations());
        }
        save = now - uses_saved_at_ >= options_.save_uses_every;
        if (save) uses_saved_at_ = now;
    }
    return save ? save_uses(options_.save_uses_every) : Result<void>{};
}

// Losing a race here costs nothing: the other process saved a use of its own.
Result<void> Tenants::Impl::save_uses(base::Duration step) {
    const base::MutexLock lock(mutex_);
    const auto current = registry();
    Registry next = *current;
    bool saved = false;
    for (const auto& [digest, record] : current->keys()) {
        const KeyRecord& key = *record;
        const std::int64_t used = key.last_used_us->load(std::memory_order_relaxed);
        const std::int64_t known = key.key.last_used_at ? microseconds(*key.key.last_used_at) : 0;
        if (key.version == 0 || used == 0 || used - known < step.count()) continue;
        KeyRecord changed = key;
        changed.key.last_used_at = base::Time(base::Duration(used));
        auto version = documents_.put(changed, key.version);
        if (!version && version.error().reason == "version_mismatch") continue;
        if (!version) return std::unexpected(std::move(version).error());
        changed.version = *version;
        next.put(std::make_shared<const KeyRecord>(std::move(changed)));
        saved = true;
    }
    // Not an epoch: what was remembered about these keys still holds.
    if (saved) registry_.set(std::make_shared<const Registry>(std::move(next)));
    return {};
}

Result<TenantDocument> Tenants::Impl::create(domain::Tenant tenant) {
    ATTUNE_TRY_VOID(check_tenant(tenant));
    const base::MutexLock lock(mutex_);
    const auto current = registry();
    if (current->tenants().size() >= options_.tenants_max) {
        return fail(Code::resource_exhausted, "there are as many tenants as there may be",
                    "too_many");
    }
    const auto exists = [&] {
        return fail(Code::already_exists, "the tenant \"" + tenant.id + "\" exists already");
    };
    if (current->find(tenant.id) != nullptr) return exists();
    tenant.created_at = clock_.now();
    ATTUNE_TRY(const TenantId number, documents_.next_number());
    StoredTenantRecord stored{number, 1, tenant, 0};
    auto version = documents_.put(stored, 0);
    if (!version && version.error().reason == "version_mismatch") return exists();
    if (!version) return std::unexpected(std::move(version).error());
    stored.version = *version;
    ATTUNE_TRY(auto record, record_of(std::move(stored)));
    TenantDocument document = document_of(*record);
    Registry next = *current;
    next.put(std::move(record));
    publish(std::move(next));
    return document;
}

Result<TenantDocument> Tenants::Impl::update(TenantId number, std::optional<std::uint64_t> expected,
                                             const Change& change) {
    const base::MutexLock lock(mutex_);
    const auto current = registry();
    const TenantRecord* known = current->find(number);
    if (known == nullptr) return unknown_tenant();
    for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
        ATTUNE_TRY(auto stored, documents_.tenant(known->settings->id));
        if (!stored || stored->number != number) return unknown_tenant();
        if (expected && stored->version != *expected) {
            return fail(Code::failed_precondition, "the tenant was changed in the meantime",
                        "version_mismatch");
        }
        ATTUNE_TRY_VOID(change(*stored));
        auto version = documents_.put(*stored, stored->version);
        if (!version && version.error().reason == "version_mismatch") continue;
        if (!version) return std::unexpected(std::move(version).error());
        stored->version = *version;
        ATTUNE_TRY(auto record, record_of(*std::move(stored)));
        TenantDocument document = document_of(*record);
        Registry next = *current;
        next.put(std::move(record));
        publish(std::move(next));
        return document;
    }
    return fail(Code::aborted, "the tenant keeps changing; try again");
}

Result<void> Tenants::Impl::remove(TenantId number) {
    const base::MutexLock lock(mutex_);
    const auto current = registry();
    const TenantRecord* known = current->find(number);
    if (known == nullptr) return unknown_tenant();
    ATTUNE_TRY(const std::uint64_t people, store_.count_people(number));
    if (people > 0) {
        return fail(Code::failed_precondition,
                    "the tenant still has " + std::to_string(people) + " people; erase them first",
                    "not_empty");
    }
    // The tenant's own document goes first: from then on nothing of it is valid, whatever stops us
    // here.
    ATTUNE_TRY_VOID(documents_.remove_tenant(known->settings->id));
    Registry next = *current;
    next.remove_tenant(number);
    publish(std::move(next));
    unsaved_tokens_.erase(number);
    ATTUNE_TRY_VOID(documents_.remove_tokens(number));
    for (const auto& [digest, key] : current->keys()) {
        if (key->tenant == number && key->version != 0)
            ATTUNE_TRY_VOID(documents_.remove_key(key->key.id));
    }
    return secrets_->destroy(number);
}

Result<NewKey> Tenants::Impl::make_key(TenantId number, std::string_view name, Role role,
                                       std::optional<base::Time> expires_at) {
    std::string text = make_key_text(role, random_);
    KeyRecord record{.tenant = number};
    record.key = {.id = "key_" + random_base62(random_, 16),
                  .name = std::string(name),
                  .role = role,
                  .prefix = shown_prefix(text),
                  .created_at = clock_.now(),
                  .expires_at = expires_at};
    record.digest = pepper_.sign(text);
    record.issuer = issuer_of(record.digest);
    record.last_used_us = use_of(record.key);
    ATTUNE_TRY(record.version, documents_.put(record, 0));
    NewKey made{record.key, std::move(text)};
    Registry next = *registry();
    next.put(std::make_shared<const KeyRecord>(std::move(record)));
    publish(std::move(next));
    return made;
}

Result<NewKey> Tenants::Impl::create_key(TenantId number, std::string_view name, Role role,
                                         std::optional<base::Time> expires_at) {
    if (name.size() > kKeyNameBytesMax) return fail_field("/name", "must be at most 200 bytes");
    if (role == Role::person) return fail_field("/role", "persons have tokens, not keys");
    if ((role == Role::root) != (number == TenantId{})) {
        return fail_field("/role", "root keys belong to no tenant, and all others to one");
    }
    if (expires_at && *expires_at <= clock_.now())
        return fail_field("/expires_at", "must be in the future");
    if (role == Role::root && configured_root_ != nullptr) {
        return fail(Code::failed_precondition,
                    "the root key is set by the configuration; change it there");
    }
    const base::MutexLock lock(mutex_);
    const auto current = registry();
    if (role != Role::root && current->find(number) == nullptr) return unknown_tenant();
    if (current->keys_of(number) >= options_.keys_of_tenant_max) {
        return fail(Code::resource_exhausted,
                    "the tenant has as many keys as it may have; revoke one first", "too_many");
    }
    return make_key(number, name, role, expires_at);
}

Result<void> Tenants::Impl::revoke_key(TenantId number, std::string_view key_id) {
    const base::MutexLock lock(mutex_);
    const auto current = registry();
    const KeyRecord* record = current->find_key(key_id);
    if (record == nullptr || record->tenant != number)
        return fail(Code::not_found, "there is no such key");
    if (record->version == 0) {
        return fail(Code::failed_precondition,
                    "the root key is set by the configuration; change it there");
    }
    if (record->key.role == Role::root && current->keys_of({}) == 1) {
        return fail(Code::failed_precondition, "this is the last root key; make another one first");
    }
    ATTUNE_TRY_VOID(documents_.remove_key(key_id));
    Registry next = *current;
    next.remove_key(key_id);
    publish(std::move(next));
    return {};
}

}  // namespace attune::engine
