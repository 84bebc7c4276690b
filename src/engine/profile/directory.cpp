#include "engine/profile/directory.h"

#include <algorithm>
#include <utility>

namespace attune::engine {

using base::MutexLock;
using store::PersonId;

Directory::Directory(std::size_t capacity)
    : generation_max_(std::max<std::size_t>(capacity / kStripes / 2, 8)) {}

std::string Directory::key(domain::TenantId tenant, IdKind kind, std::string_view id) {
    std::string key;
    key.reserve(5 + id.size());
    for (int shift = 0; shift < 32; shift += 8) key += static_cast<char>(tenant.value >> shift);
    key += static_cast<char>(kind);
    key += id;
    return key;
}

Directory::Stripe& Directory::stripe_of(std::string_view key) {
    // The maps use the low bits of the same hash.
    return stripes_[(base::KeyedHash{}(key) >> 48) % kStripes];
}

Directory::Slot* Directory::touch(Stripe& stripe, std::string_view key) {
    if (auto at = stripe.young.find(key); at != stripe.young.end()) return &at->second;
    auto at = stripe.old.find(key);
    if (at == stripe.old.end()) return nullptr;
    const Slot slot = at->second;
    stripe.old.erase(at);
    Slot& moved = place(stripe, key);
    moved = slot;
    return &moved;
}

Directory::Slot& Directory::place(Stripe& stripe, std::string_view key) {
    if (stripe.young.size() >= generation_max_) {
        Slots leaving = std::exchange(stripe.old, std::move(stripe.young));
        stripe.young.clear();
        for (auto& [name, slot] : leaving) {
            if (slot.pins > 0) stripe.young.emplace(name, slot);
        }
    }
    return stripe.young.try_emplace(std::string(key)).first->second;
}

std::optional<Directory::Answer> Directory::find(std::string_view key) {
    Stripe& stripe = stripe_of(key);
    MutexLock lock(stripe.mutex);
    const Slot* slot = touch(stripe, key);
    if (!slot) return std::nullopt;
    return Answer{slot->person};
}

std::uint64_t Directory::changes(std::string_view key) {
    Stripe& stripe = stripe_of(key);
    MutexLock lock(stripe.mutex);
    return stripe.changes;
}

void Directory::remember(std::string_view key, std::optional<PersonId> person, std::uint64_t seen) {
    Stripe& stripe = stripe_of(key);
    MutexLock lock(stripe.mutex);
    if (stripe.changes != seen || touch(stripe, key)) return;
    place(stripe, key).person = person;
}

void Directory::pin(std::string_view key, PersonId person) {
    Stripe& stripe = stripe_of(key);
    MutexLock lock(stripe.mutex);
    ++stripe.changes;
    Slot* known = touch(stripe, key);
    Slot& slot = known ? *known : place(stripe, key);
    slot.person = person;
    ++slot.pins;
}

void Directory::unpin(std::string_view key, PersonId person, bool kept) {
    Stripe& stripe = stripe_of(key);
    MutexLock lock(stripe.mutex);
    Slot* slot = touch(stripe, key);
    if (!slot) return;
    if (slot->pins > 0) --slot->pins;
    if (kept || slot->pins > 0 || slot->person != person) return;
    ++stripe.changes;
    stripe.young.erase(stripe.young.find(key));
}

void Directory::correct(std::string_view key, PersonId wrong, std::optional<PersonId> right) {
    Stripe& stripe = stripe_of(key);
    MutexLock lock(stripe.mutex);
    Slot* slot = touch(stripe, key);
    if (!slot || slot->person != wrong) return;
    ++stripe.changes;
    if (right)
        slot->person = right;
    else if (slot->pins == 0)
        stripe.young.erase(stripe.young.find(key));
}

}  // namespace attune::engine
