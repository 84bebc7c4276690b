#include "engine/recommend/similar_people.h"

#include "engine/decide/person_facts.h"
#include "engine/recommend/taste.h"

#include <algorithm>
#include <cmath>

namespace attune::engine {
namespace {

// Of those who are found, some may not be named.
constexpr std::size_t kSpare = 10;

bool has(const std::vector<std::string>& ids, const std::optional<std::string>& id) {
    return id && std::ranges::find(ids, *id) != ids.end();
}

bool is_same(const UserSummary& summary, const Identity& who) {
    return has(summary.user_ids, who.user_id) || has(summary.anonymous_ids, who.anonymous_id);
}

}  // namespace

Result<std::vector<SimilarPerson>> similar_people(People& people, Activity& activity,
                                                  const TenantView& tenants, TenantId tenant,
                                                  std::string_view user_id, std::size_t limit) {
    ATTUNE_TRY(const auto facts, facts_of(people, tenant, user_id));
    if (facts == nullptr) return fail(Code::not_found, "nobody is known by this id");
    std::vector<SimilarPerson> similar;
    if (facts->opted_out) return similar;
    const auto known = activity.of(tenant);
    const Taste taste(*facts, known->numbers(), *tenants.weights(tenant));
    for (const AlikeId& one : known->alike(taste.history(), limit + kSpare)) {
        if (similar.size() == limit) break;
        ATTUNE_TRY(const auto summary, people.summary(tenant, one.person));
        if (!summary || is_same(*summary, facts->who)) continue;
        ATTUNE_TRY(const auto theirs, facts_of(people, tenant, summary->user_id));
        if (theirs == nullptr || theirs->opted_out) continue;
        // Three digits say all there is to say.
        similar.push_back(
            {.user_id = summary->user_id,
             .likeness = std::round(static_cast<double>(one.likeness) * 1'000) / 1'000,
             .in_common = one.in_common});
    }
    return similar;
}

}  // namespace attune::engine
