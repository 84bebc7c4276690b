// iALS: matrix factorisation of implicit feedback by alternating least squares (Hu, Koren and Volinsky 2008, with the
// regularisation of Rendle, Krichene, Zhang and Koren 2022). It minimises
//
//     Σ over touches w·(1 − s)²  +  unobserved · Σ over all pairs s²
//       +  regularization · ( Σ over people (n + unobserved·items)^nu · |x|²  +  likewise for items )
//
// where s = x·y is the score of a pair, and w = weight^emphasis for the summed weight of the pair's touches, over the mean of
// that, so that the scale of weights does not matter.
// Rows take `steps` of conjugate gradients from where they were: three lose nothing that shows, and learning takes two thirds of
// the time of exact rows, which `steps` 0 asks of Ridge. With `block` above zero, rows of more touches than that are improved
// by blocks of so many factors (iALS++, Rendle et al. 2021), which needs less room when there are hundreds of them.
//
// The model keeps item vectors only. Whoever asks is folded in exactly as people were in training; somebody who did
// nothing yet gets the one vector that serves everybody best.
#pragma once

#include "learn/recommend/learner.h"

namespace attune::learn {

extern const Learner kIals;

}  // namespace attune::learn
