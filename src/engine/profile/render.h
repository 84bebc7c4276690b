// From a FoldState to the profile that people and applications read. A pure function of the state: decayed numbers are
// as of the newest event, not of the moment of asking, so that a version has one text and one ETag.
//
//     domain::Profile profile = render(state, "ann");
//
// What nobody said but behaviour shows is among `preferences` with source "inferred" and a confidence of n / (n + k), n
// the number of observations behind it: "device", "active_hours", "active_days", "category", "brand", "price_band",
// "language". An explicit preference of the same key stands in its place.
#pragma once

#include "domain/profile.h"
#include "engine/profile/fold_state.h"

#include <string_view>

namespace attune::engine {

[[nodiscard]] domain::Profile render(const FoldState& state, std::string_view user_id);

// The inferred preferences alone; fills in only keys that are not in `preferences`.
void infer_preferences(const FoldState& state,
                       base::FlatMap<std::string, domain::Preference>& preferences);

}  // namespace attune::engine
