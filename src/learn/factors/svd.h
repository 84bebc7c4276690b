// PureSVD (Cremonesi, Koren and Turrin 2010): items as points on the axes along which people differ most. A history is
// projected onto those axes, and what lies in its direction is recommended:
//
//     score(item) = v(item) · Σ over the history weight^emphasis · v(touched)
//
// where row v(item) holds the item's part of the first `factors` right singular vectors of people by items. With
// `item_damping` above zero popular items are made smaller first (EigenRec, Nikolakopoulos et al. 2019). There is nothing else to set
// and nothing random that shows.
#pragma once

#include "learn/recommend/learner.h"

namespace attune::learn {

extern const Learner kSvd;

}  // namespace attune::learn
