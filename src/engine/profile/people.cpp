#include "engine/profile/people.h"

#include "engine/profile/people_impl.h"
#include "engine/profile/render.h"

namespace attune::engine {

People::People(store::Store& store, const TenantView& tenants, const base::Clock&,
               base::Random& random, PeopleOptions options)
    : impl_(std::make_unique<Impl>(store, tenants, random, options)) {}

People::~People() {
    // What cannot be written now is folded from the log when it is next read.
    (void)impl_->checkpoint_all();
}

AppliedEach People::apply(TenantId tenant, std::vector<Told> told) {
    return impl_->apply(tenant, std::move(told));
}

Result<Applied> People::apply(TenantId tenant, const Identity& who,
                              std::vector<domain::Event> events) {
    std::vector<Told> told;
    told.push_back({who, std::move(events)});
    AppliedEach applied = impl_->apply(tenant, std::move(told));
    ATTUNE_TRY(const Counted counted, std::move(applied.each.front()));
    return Applied{counted, std::move(applied.ticket)};
}

Result<std::shared_ptr<const RenderedProfile>> People::read(TenantId tenant,
                                                            std::string_view user_id) {
    std::shared_ptr<const RenderedProfile> profile;
    {
        ATTUNE_TRY(LockedPerson person, impl_->find_any(tenant, user_id));
        profile = impl_->rendered(person, user_id);
    }
    impl_->trim();
    return profile;
}

Result<std::shared_ptr<const RenderedProfile>> People::read(TenantId tenant,
                                                            const store::PersonId& person,
                                                            std::string_view user_id) {
    std::shared_ptr<const RenderedProfile> profile;
    {
        ATTUNE_TRY(auto opened, impl_->open(tenant, person));
        if (!opened || opened->entry().id != person) return profile;
        profile = impl_->rendered(*opened, user_id);
    }
    impl_->trim();
    return profile;
}

Result<std::shared_ptr<const void>> People::derived(TenantId tenant, std::string_view user_id,
                                                    Derive derive) {
    std::shared_ptr<const void> value;
    {
        ATTUNE_TRY(LockedPerson person, impl_->find_any(tenant, user_id));
        // The profile itself is not touched where what is made of it is there.
        if (!person->derived.value || person->rendered_for != user_id) {
            person->derived = derive(*impl_->rendered(person, user_id));
            impl_->settle(person);
        }
        value = person->derived.value;
    }
    impl_->trim();
    return value;
}

Result<domain::Profile> People::profile(TenantId tenant, std::string_view user_id) {
    domain::Profile profile;
    {
        ATTUNE_TRY(LockedPerson person, impl_->find_any(tenant, user_id));
        profile = render(person->state, user_id);
    }
    impl_->trim();
    return profile;
}

Result<std::vector<RememberedAssignment>> People::assignments(TenantId tenant,
                                                              std::string_view user_id) {
    std::vector<RememberedAssignment> assignments;
    {
        ATTUNE_TRY(LockedPerson person, impl_->find_any(tenant, user_id));
        assignments = assignments_of(person->state);
    }
    impl_->trim();
    return assignments;
}

Result<People::Recomputed> People::recompute(TenantId tenant, std::string_view user_id) {
    return impl_->recompute(tenant, user_id);
}

Result<store::Listing<domain::Event>> People::interactions(TenantId tenant,
                                                           std::string_view user_id,
                                                           const InteractionQuery& query) {
    return impl_->interactions(tenant, user_id, query);
}

Result<store::Listing<UserSummary>> People::list(TenantId tenant, const store::Page& page) {
    return impl_->list(tenant, page);
}

Result<std::optional<UserSummary>> People::summary(TenantId tenant, const store::PersonId& person) {
    return impl_->summary(tenant, person);
}

Result<void> People::erase(TenantId tenant, std::string_view user_id) {
    return impl_->erase(tenant, user_id);
}
void People::tell_of_erasures(Erased told, ErasureBegins begins) {
    impl_->erased_ = std::move(told);
    impl_->erasure_begins_ = std::move(begins);
}

Result<void> People::checkpoint_all() { return impl_->checkpoint_all(); }

PeopleStats People::stats() const {
    return {.cached_people = impl_->cache_.people(),
            .cached_bytes = impl_->cache_.bytes(),
            .hits = impl_->hits_,
            .misses = impl_->misses_,
            .folded_events = impl_->folded_,
            .duplicates = impl_->duplicates_,
            .merges = impl_->merges_,
            .anomalies = impl_->anomalies_};
}

}  // namespace attune::engine
