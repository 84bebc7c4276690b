// The setting of learners whose models say what goes with what: from how many different people they know it. With one, what a single
// person did is told to everybody who touches the same; with two, nobody's way through the items is told by itself.
#pragma once

#include "learn/recommend/learner.h"

namespace attune::learn {

inline constexpr Setting kPairPeople{
    .name = "pair_people",
    .doc =
        "How many different people have to stand behind a pair of items; 2 where a model is told "
        "to others than those it was learned from.",
    .fallback = 1,
    .min = 1,
    .max = 1'000,
    .scale = Scale::whole};

// The same of a single item.
inline constexpr Setting kPeopleMin{
    .name = "people_min",
    .doc = "How many different people have to have touched an item for it to be popular.",
    .fallback = 1,
    .min = 1,
    .max = 1'000'000,
    .scale = Scale::whole};

}  // namespace attune::learn
