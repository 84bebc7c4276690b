// SlotChances: with what probability each item that is left gets a slot that is left to chance. They are what is drawn from and what
// is logged, so another way of choosing can be judged on the log.
//
//     SlotChances chances(*placement.definition.exploration, asking, left);   // once an answer, at the first such slot
//     const auto each = chances.of(left);                                     // for each slot, of what is left by then
//
// Uniform: each alike. Thompson: each as likely as it is to be the one that people choose most often in these slots of this placement
// (learn/bandit), by what was tried so far (engine/outcomes/tried_items.h); what was not tried yet may be anything, and is tried. A
// tenth of the chance goes evenly to all in any case, so that none is ruled out by bad luck. Then, for as much as `share` leaves, the
// first, which is the best by its score.
//
// Pure: the same input gives the same numbers.
#pragma once

#include "engine/recommend/asking.h"
#include "engine/recommend/candidates.h"

#include <boost/unordered/unordered_flat_map.hpp>

#include <deque>
#include <vector>

namespace attune::engine {

// How often an item is likely to be chosen in such a slot, by what is known of it and of all that were tried there.
[[nodiscard]] double expected_rate(const learn::Tally& item, const learn::Tally& all);

class SlotChances {
public:
    // So many are compared, the best by score first: more would cost milliseconds.
    static constexpr std::size_t kComparedMax = 100;
    static constexpr double kEvenly = 0.1;

    SlotChances(const domain::PlacementExploration& exploration, const Asking& asking,
                const std::deque<Candidate>& left);

    // As many as are left, at least one; they sum to 1. `left` holds none that was not there when this was made.
    [[nodiscard]] std::vector<double> of(const std::deque<Candidate>& left) const;

private:
    const domain::PlacementExploration& exploration_;
    boost::unordered_flat_map<ItemNumber, double> is_best_;  // by Thompson alone
};

}  // namespace attune::engine
