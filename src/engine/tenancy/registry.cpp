#include "engine/tenancy/registry.h"

#include <algorithm>

namespace attune::engine {
const TenantRecord* Registry::find(TenantId number) const {
    const auto found = by_number_.find(number.value);
    return found == by_number_.end() ? nullptr : found->second.get();
}

const TenantRecord* Registry::find(std::string_view name) const {
    const auto found = by_name_.find(name);
    return found == by_name_.end() ? nullptr : found->second.get();
}

const KeyRecord* Registry::match(const base::Digest256& digest) const {
    const auto found = keys_.find(digest);
    return found == keys_.end() ? nullptr : found->second.get();
}

const KeyRecord* Registry::find_key(std::string_view key_id) const {
    const auto found = std::ranges::find_if(
        keys_, [&](const auto& entry) { return entry.second->key.id == key_id; });
    return found == keys_.end() ? nullptr : found->second.get();
}

const KeyRecord* Registry::find_issuer(const base::Id128& issuer) const {
    const auto found = by_issuer_.find(issuer);
    return found == by_issuer_.end() ? nullptr : found->second.get();
}

const TenantTokens* Registry::tokens_of(TenantId number) const {
    const auto found = tokens_.find(number);
    return found == tokens_.end() ? nullptr : found->second.get();
}

std::size_t Registry::keys_of(TenantId tenant) const {
    return static_cast<std::size_t>(std::ranges::count_if(
        keys_, [&](const auto& entry) { return entry.second->tenant == tenant; }));
}

void Registry::put(std::shared_ptr<const TenantRecord> tenant) {
    by_name_.insert_or_assign(tenant->settings->id, tenant);
    by_number_.insert_or_assign(tenant->number.value, std::move(tenant));
}

void Registry::put(std::shared_ptr<const KeyRecord> key) {
    by_issuer_.insert_or_assign(key->issuer, key);
    keys_.insert_or_assign(key->digest, std::move(key));
}

void Registry::put(std::shared_ptr<const TenantTokens> tokens) {
    tokens_.insert_or_assign(tokens->tenant, std::move(tokens));
}

void Registry::remove_tenant(TenantId number) {
    if (const auto found = by_number_.find(number.value); found != by_number_.end()) {
        by_name_.erase(found->second->settings->id);
        by_number_.erase(found);
    }
    const auto is_its = [&](const auto& entry) { return entry.second->tenant == number; };
    std::erase_if(keys_, is_its);
    std::erase_if(by_issuer_, is_its);
    tokens_.erase(number);
}

void Registry::remove_key(std::string_view key_id) {
    const auto is_it = [&](const auto& entry) { return entry.second->key.id == key_id; };
    std::erase_if(keys_, is_it);
    std::erase_if(by_issuer_, is_it);
}

}  // namespace attune::engine
