// EASE (Steck 2019): weights from item to item that rebuild each history from the rest of itself, in closed form. With G the items
// by items of what was touched together,
//
//     P = (G + penalty)⁻¹,     weight(touched → item) = −P[touched, item] / P[item, item],     0 from an item to itself
//
//     penalty = regularization · √(mean touches of an item) on the diagonal, and dropout / (1 − dropout) of G's diagonal
//
// The first part of the penalty fits itself to how dense the data is; the second is what training against random gaps in
// the histories comes to (EDLAE, Steck 2020). The `neighbours` largest weights of each row are kept.
//
// The inverse of n items takes 2n² bytes and n³ operations. Where that is too much, `dense` says how many items, by how many
// touched them, are inverted; each of the others is then explained by those (a ridge regression with their inverse) and
// explains others by itself alone.
#pragma once

#include "learn/recommend/learner.h"

namespace attune::learn {

extern const Learner kEase;

}  // namespace attune::learn
