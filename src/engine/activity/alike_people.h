// Who is of like taste: people who liked the same items as somebody, read out of what is known of each now. So it is new to the
// second, and who was erased is not in it.
//
//     likeness = Σ w² over the items in common ÷ √(Σ w² of the one · Σ w² of the other) · common ÷ (common + 2)
//     w(item) = log(1 + people ÷ people(item))
//
// from 0 to 1. What everybody likes says little of a taste; and few items in common may be chance. (This is nearest neighbours
// among people by cosine, with inverse frequencies and significance weighting as Herlocker et al., 1999, have it.)
#pragma once

#include "engine/activity/touch_book.h"

#include <vector>

namespace attune::engine {

struct AlikePerson {
    PersonIndex person = 0;
    float likeness = 0;
    std::uint32_t in_common = 0;  // items
};

// Most alike first; whoever has this history is among them, if the book knows them. Looks at the latest 300 people of each of
// the latest 100 items at most, and closely at 100 of them.
[[nodiscard]] std::vector<AlikePerson> alike_people(const TouchBook& book, learn::History history,
                                                    std::size_t limit);

// What those of like taste liked, and this history does not have: by whom and how alike they are, damped by popularity as in
// what_followed.h. Only what at least `people_min` of them liked, so that it tells of nobody in particular.
[[nodiscard]] std::vector<learn::Scored> liked_by_alike(const TouchBook& book,
                                                        learn::History history, std::size_t limit,
                                                        const learn::ItemMask& mask,
                                                        std::uint32_t people_min);

}  // namespace attune::engine
