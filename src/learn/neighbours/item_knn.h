// Similar items: two items are similar when the same people touched them. An item is scored by how similar it is to those
// of a history, each item looking at its `neighbours` most similar ones only.
#pragma once

#include "learn/neighbours/similarity.h"

namespace attune::learn {

// Settings "similarity" and "weighting" are the numbers of Similarity and Weighting in similarity.h.
extern const Learner kItemKnn;

}  // namespace attune::learn
