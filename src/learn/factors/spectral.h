// A spectral filter: the history as a signal on the graph of items, smoothed in closed form (GF-CF, Shen et al. 2021). With
// R the people by items, damped by both sides' sums (damping.h) and V its first `factors` right singular vectors,
//
//     scores = history · ( RᵀR  +  low_pass · D^(−item_damping) V Vᵀ D^(item_damping) )
//
// where D holds the items' sums. RᵀR is what people touched together, and says what is close by; V is what holds across
// the whole, and reaches items that nobody touched together. There are no epochs and nothing random that shows. Of RᵀR, the
// `neighbours` largest of each row are kept.
#pragma once

#include "learn/recommend/learner.h"

namespace attune::learn {

extern const Learner kSpectral;

}  // namespace attune::learn
