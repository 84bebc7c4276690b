// Trending: what is on the rise, for everybody alike: trend_counts.h says how it is told from what is popular anyway. A history
// changes nothing.
#pragma once

#include "learn/neighbours/trend_counts.h"
#include "learn/recommend/learner.h"

namespace attune::learn {

extern const Learner kTrending;

// The recommender of counts as they are now, for counts that are kept up to date event by event.
[[nodiscard]] std::unique_ptr<Recommender> trending_of(Trends trends);

}  // namespace attune::learn
