// What a list is like as a whole, told in its decision so that the performance of placements needs no catalogue of the day:
// how unlike its items are, how little known, and how much of it is what most people touched.
#pragma once

#include "engine/outcomes/shown_list.h"
#include "engine/recommend/arrange.h"
#include "engine/recommend/asking.h"

#include <span>

namespace attune::engine {

// Of the first kNatureSlots. Diversity needs two items, the others somebody who touched something.
[[nodiscard]] ListNature nature_of(const Asking& asking, std::span<const Slot> slots);

inline constexpr std::size_t kNatureSlots = 20;
// The most touched items that count as what everybody knows.
inline constexpr std::size_t kMostTouched = 100;

}  // namespace attune::engine
