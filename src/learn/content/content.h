// Content: what is like the items of a history by its nature, whoever touched it: by text, labels, price, numbers and the
// embeddings a tenant brings (fact_vectors.h). It needs nobody's behaviour, so it knows a new item as soon as it is in the
// catalogue, and answers after one touch.
//
// A history is the sum of its items' vectors, the latest weighing most; an item is scored by the cosine of its vector
// with that sum. Costs what the items with the terms of the history are many: 100,000 items take a few milliseconds.
#pragma once

#include "learn/content/fact_vectors.h"
#include "learn/recommend/learner.h"

namespace attune::learn {

// Needs facts, as many as the interactions have items: invalid_argument otherwise.
extern const Learner kContent;

}  // namespace attune::learn
