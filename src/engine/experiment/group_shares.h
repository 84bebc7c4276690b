// GroupShares: what each person added to the groups that they were told to be of, so that it can be taken back and counted anew
// when two people turn out to be one. What others added to the same groups stays.
//
//     shares.observe(tally, person, group, event.observed(kinds));
//     shares.take_back(tally, person);               // as if they had never done anything
//
// Some 100 bytes, and 32 for each metric, for each pair of a person and a group of theirs that something was counted of.
// Internal to experiment; not thread-safe.
#pragma once

#include "engine/experiment/tally.h"
#include "store/store.h"

#include <boost/unordered/unordered_flat_map.hpp>
#include <vector>

namespace attune::engine {

class GroupShares {
public:
    // As Tally::observe.
    void observe(Tally& tally, store::PersonId person, UnitKey group, const Observed& event);
    void take_back(Tally& tally, store::PersonId person);

private:
    friend class FollowerSaver;
    friend class FollowerLoader;

    struct OfGroup {
        UnitKey group;
        Tally::Share added;
    };
    // In the order of the groups: one id may speak for thousands of them.
    boost::unordered_flat_map<store::PersonId, std::vector<OfGroup>, base::Id128Hash> shares_;
};

}  // namespace attune::engine
