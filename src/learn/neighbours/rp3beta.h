// RP3beta: a random walk of three steps, from somebody to an item they touched, on to somebody else who touched it, and to an
// item of theirs, where popular ends are held back (Paudel, Christoffel, Newell and Bernstein 2017, "Updatable, Accurate,
// Diverse, and Scalable Recommendations for Interactive Applications").
//
//     weight(from → item) = Σ over people who touched both: (1 ÷ people(from) × 1 ÷ items(person))^alpha ÷ people(item)^beta
#pragma once

#include "learn/recommend/learner.h"

namespace attune::learn {

extern const Learner kRp3Beta;

}  // namespace attune::learn
