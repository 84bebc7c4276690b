// Item transitions: what people went on to from what this person touched last. Counting alone, yet it stands beside
// published transformers where the order of touches tells something.
//
// score(item) = Σ over the last items of the history, the latest first:
//     recency_decay^place × (count(from → item) + backward × count(item → from))
//         ÷ (people(from)^source_damping × people(item)^damping)
//
// where counts are those of transition_counts.h. The damping keeps what everybody comes to anyhow from being the answer
// to everything, and what everybody went on from from drowning the rest of a history. Steps back tell less than steps ahead,
// but more than nothing.
#pragma once

#include "learn/neighbours/item_rows.h"
#include "learn/neighbours/transition_counts.h"
#include "learn/recommend/learner.h"

namespace attune::learn {

extern const Learner kTransitions;

struct TransitionReading {
    double damping = 0.15;
    double source_damping = 0.4;
    std::uint32_t last = 10;
    double recency_decay = 0.65;
    double backward = 0.4;
};

// The recommender of counts as they are now, for counts that are kept up to date event by event.
[[nodiscard]] std::unique_ptr<Recommender> transitions_of(const TransitionCounts& counts,
                                                          const TransitionReading& reading = {});

}  // namespace attune::learn
