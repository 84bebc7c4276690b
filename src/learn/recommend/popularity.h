// What everybody likes: the baseline that each other learner has to beat, and what is shown to somebody of whom nothing
// is known.
#pragma once

#include "learn/recommend/learner.h"

namespace attune::learn {

// The number of different people who touched an item, whoever asks. A person counts once an item, so that nobody can lift one
// by touching it often.
extern const Learner kPopularity;

}  // namespace attune::learn
