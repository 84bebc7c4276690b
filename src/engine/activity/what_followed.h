// What people went on to who touched the same items as somebody: read out of what the latest of them did, rather than out of counts
// of pairs. So it is new to the second, forgets whom the book forgets, and costs the memory of the book alone. (This
// is nearest neighbours among sessions by an index of the latest visitors of each item, as Serenade does it at bol.com.)
//
//     score(item) = Σ over the last items of the history, the latest first, and over the latest people of each:
//         0.8^place · 0.8^(step − 1) · ½^(age / 90 days) · people(item)^−0.3
//
// A person counts once for a pair of items, at their best; steps further than five do not count. A pair that fewer than
// `people_min` people are behind is left out: it would show a stranger what one person did. Damping by popularity
// keeps what everybody comes to anyhow from being the answer to everything.
// The same people give the same scores to the last digit, in whatever order they are looked at.
#pragma once

#include "engine/activity/touch_book.h"

namespace attune::engine {

// `now` in seconds. None of what is in the history is in the answer. Looks at some 1,300 people at most.
[[nodiscard]] std::vector<learn::Scored> what_followed(const TouchBook& book,
                                                       learn::History history, std::size_t limit,
                                                       const learn::ItemMask& mask,
                                                       std::int64_t now,
                                                       std::uint32_t people_min = 1);

}  // namespace attune::engine
