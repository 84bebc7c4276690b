// Similar people: who is of like taste, by what everybody did until now (engine/activity/alike_people.h).
//
//     auto people = similar_people(parts, tenant, "ann", 10);
//     people->at(0).user_id;      // and how alike, and of how many items that is known
//
// It names people, so it is for the tenant's own systems: whoever was erased, or does not want to be personalised, is not
// in it, and who asks about one of the latter is told nothing. Reads the store for people who are not in memory.
#pragma once

#include "base/result.h"
#include "engine/activity/activity.h"
#include "engine/profile/people.h"
#include "engine/tenancy/tenant_view.h"

#include <string>
#include <string_view>
#include <vector>

namespace attune::engine {

struct SimilarPerson {
    std::string user_id;          // a known one where there is one, else an anonymous one
    double likeness = 0;          // 0 to 1
    std::uint32_t in_common = 0;  // items
};

inline constexpr std::size_t kSimilarPeopleMax = 100;

// Most alike first. not_found when nobody has the id.
[[nodiscard]] Result<std::vector<SimilarPerson>> similar_people(People& people, Activity& activity,
                                                                const TenantView& tenants,
                                                                TenantId tenant,
                                                                std::string_view user_id,
                                                                std::size_t limit);

}  // namespace attune::engine
