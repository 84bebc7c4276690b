// WholePeople: whom the people of a tenant's log belong to today. When the log is read again, people of then have long been
// merged. Bounded: who is not remembered is asked of the store. For one thread.
#pragma once

#include "base/id128.h"
#include "base/result.h"
#include "domain/tenant.h"
#include "store/store.h"

#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>
#include <optional>
#include <string>

namespace attune::engine {

class WholePeople {
public:
    // The store outlives it.
    WholePeople(store::Store& store, domain::TenantId tenant) : store_(store), tenant_(tenant) {}

    // Themselves, when they were merged into nobody or are not known.
    [[nodiscard]] Result<store::PersonId> of(const store::PersonId& person);
    // As remembered.
    [[nodiscard]] std::optional<store::PersonId> known(const store::PersonId& person) const;

    // `person` sent an event that may have made two people one. Answers who they are today with everybody who was merged into
    // them; nothing where the pair of ids was looked at before (an alias always is again) or nobody is there.
    [[nodiscard]] Result<std::optional<store::Person>> link(const store::PersonId& person,
                                                            const std::string& user_id,
                                                            const std::string& anonymous_id,
                                                            bool is_alias);
    // Somebody was erased: everything is asked anew.
    void forget_all();

private:
    store::Store& store_;
    const domain::TenantId tenant_;
    boost::unordered_flat_map<store::PersonId, store::PersonId, base::Id128Hash> whole_;
    // Pairs of ids that were looked at: most visitors say both of theirs with every event.
    boost::unordered_flat_set<base::Id128, base::Id128Hash> linked_;
};

}  // namespace attune::engine
