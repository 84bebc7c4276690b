// Ratings: matrix factorisation of explicit ratings, which are the weights of the touches, by stochastic gradient descent. The
// rating that a person would give an item is predicted as
//
//     r = mean + b_person + b_item + p·q
//
// and for each rating in turn, in an order shuffled for each epoch, with e the error of the prediction,
//
//     p += alpha · (2·e·q − beta·p)     q += alpha · (2·e·p − beta·q)     and the biases likewise
//
// Where somebody rated an item again, the last rating counts. Ratings that are not above zero are passed over. One thread learns, so
// the result replays from its seed.
//
// Whoever asks is folded in exactly: their p and bias are those that make Σ e² + beta/2·(|p|² + b²) over their ratings least.
// Scores are predicted ratings.
#pragma once

#include "learn/recommend/learner.h"

namespace attune::learn {

extern const Learner kRatings;

}  // namespace attune::learn
