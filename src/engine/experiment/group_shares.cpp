#include "engine/experiment/group_shares.h"

#include <algorithm>
#include <utility>

namespace attune::engine {

void GroupShares::observe(Tally& tally, store::PersonId person, UnitKey group,
                          const Observed& event) {
    Tally::Share added;
    tally.observe(group, event, &added);
    if (added.empty()) return;
    auto& groups = shares_[person];
    const auto at = std::ranges::lower_bound(groups, group, {}, &OfGroup::group);
    if (at == groups.end() || at->group != group) {
        groups.insert(at, {group, std::move(added)});
        return;
    }
    for (std::size_t i = 0; i < added.size(); ++i) at->added[i] += added[i];
}

void GroupShares::take_back(Tally& tally, store::PersonId person) {
    const auto found = shares_.find(person);
    if (found == shares_.end()) return;
    for (const OfGroup& one : found->second) tally.take_back(one.group, one.added);
    shares_.erase(found);
}

}  // namespace attune::engine
