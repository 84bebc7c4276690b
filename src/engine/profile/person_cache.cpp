#include "engine/profile/person_cache.h"

namespace attune::engine {
namespace {

using base::MutexLock;

// What the maps and the allocator add to an entry.
constexpr std::size_t kOverheadBytes = 128;

}  // namespace

std::shared_ptr<PersonEntry> PersonCache::get(domain::TenantId tenant, store::PersonId id) {
    Stripe& stripe = stripe_of(id);
    MutexLock lock(stripe.mutex);
    auto [at, fresh] = stripe.people.try_emplace({tenant.value, id});
    if (fresh) {
        at->second = std::make_shared<PersonEntry>(tenant, id);
        at->second->ring_index_ = stripe.ring.size();
        stripe.ring.push_back(at->second.get());
        at->second->charged_ = sizeof(PersonEntry) + kOverheadBytes;
        bytes_ += sizeof(PersonEntry) + kOverheadBytes;
        ++people_;
    }
    at->second->referenced_.store(true, std::memory_order_relaxed);
    return at->second;
}

std::shared_ptr<PersonEntry> PersonCache::find(domain::TenantId tenant, store::PersonId id) {
    Stripe& stripe = stripe_of(id);
    MutexLock lock(stripe.mutex);
    auto at = stripe.people.find({tenant.value, id});
    return at == stripe.people.end() ? nullptr : at->second;
}

void PersonCache::unlink(Stripe& stripe, PersonEntry& entry) {
    PersonEntry* last = stripe.ring.back();
    stripe.ring[entry.ring_index_] = last;
    last->ring_index_ = entry.ring_index_;
    stripe.ring.pop_back();
    bytes_ -= entry.charged_.exchange(0);
    --people_;
}

void PersonCache::drop(const PersonEntry& entry) {
    Stripe& stripe = stripe_of(entry.id);
    MutexLock lock(stripe.mutex);
    auto at = stripe.people.find({entry.tenant.value, entry.id});
    if (at == stripe.people.end() || at->second.get() != &entry) return;
    unlink(stripe, *at->second);
    stripe.people.erase(at);
}

void PersonCache::charge(const LockedPerson& person) {
    PersonEntry& entry = person.entry();
    std::size_t now =
        sizeof(PersonEntry) + kOverheadBytes + person->state.bytes() - sizeof(FoldState);
    now += person->rendered_for.capacity();
    if (person->rendered) {
        now += sizeof(RenderedProfile) + person->rendered->json.capacity();
        now += person->rendered->assignments.capacity() * sizeof(RememberedAssignment);
    }
    now += person->derived.bytes;
    // An entry that is no longer in the table is charged nothing.
    Stripe& stripe = stripe_of(entry.id);
    MutexLock lock(stripe.mutex);
    const std::size_t before = entry.charged_.load(std::memory_order_relaxed);
    if (before == 0) return;
    entry.charged_ = now;
    bytes_ += now - before;
}

std::shared_ptr<PersonEntry> PersonCache::victim() {
    for (std::size_t tries = 0; tries < kStripes; ++tries) {
        Stripe& stripe = stripes_[next_stripe_.fetch_add(1, std::memory_order_relaxed) % kStripes];
        MutexLock lock(stripe.mutex);
        for (std::size_t steps = 0; steps < 2 * stripe.ring.size() && steps < 64; ++steps) {
            stripe.hand = (stripe.hand + 1) % stripe.ring.size();
            PersonEntry& entry = *stripe.ring[stripe.hand];
            if (entry.referenced_.exchange(false, std::memory_order_relaxed)) continue;
            const auto& held = stripe.people.at({entry.tenant.value, entry.id});
            if (held.use_count() == 1 && entry.pending == 0) return held;
        }
    }
    return nullptr;
}

bool PersonCache::remove_unused(const std::shared_ptr<PersonEntry>& entry) {
    Stripe& stripe = stripe_of(entry->id);
    MutexLock lock(stripe.mutex);
    auto at = stripe.people.find({entry->tenant.value, entry->id});
    // Ours and the table's: handles are given out under this lock only, so nobody else can come by one.
    if (at == stripe.people.end() || at->second != entry || entry.use_count() > 2 ||
        entry->pending != 0)
        return false;
    unlink(stripe, *entry);
    stripe.people.erase(at);
    return true;
}

void PersonCache::for_each(const std::function<void(const std::shared_ptr<PersonEntry>&)>& visit) {
    for (Stripe& stripe : stripes_) {
        std::vector<std::shared_ptr<PersonEntry>> all;
        {
            MutexLock lock(stripe.mutex);
            for (const auto& [key, entry] : stripe.people) all.push_back(entry);
        }
        for (const auto& entry : all) visit(entry);
    }
}

}  // namespace attune::engine
