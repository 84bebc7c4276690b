// Co-visits: items that people touched in one session, as those who looked at this also looked at that. Where item
// neighbours compare whole lives, this compares visits: what is compared before buying, what is watched in one evening.
//
// A person counts at most 1 for a pair over all their sessions, however often they repeat it: a session that holds an
// item weighs 1 ÷ √(their sessions with it), and the products of two such weights sum to no more than 1.
#pragma once

#include "learn/recommend/learner.h"

namespace attune::learn {

extern const Learner kCovisits;

}  // namespace attune::learn
