// BPR (Rendle et al. 2009): vectors that put what somebody touched above what they did not. Each step takes a touched pair, an item
// that the person did not touch, both by chance, and moves along the gradient of
//
//     −log σ( x·(y_touched − y_other) + b_touched − b_other )  +  regularization · (|x|² + |y|²) / 2
//
// A pair counts once, whatever its weight. Steps are taken by one thread, one after another: so the result replays from its
// seed, and a second thread does not make it faster.
//
// Who asks is folded in by the same steps over their history against the items as they are, with other items drawn
// from a fixed stream, and the mean of the second half of the steps' vectors taken.
#pragma once

#include "learn/recommend/learner.h"

namespace attune::learn {

extern const Learner kBpr;

}  // namespace attune::learn
