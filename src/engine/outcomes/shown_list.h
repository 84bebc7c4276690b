// ShownList: an answer of recommendations as the log of decisions tells it: what stood where, what each source made of it, and
// what was known of the whole list when it was made.
//
//     if (auto list = read_shown_list(logged.payload)) …          // nothing for every other event
//
// Told by names, so that it can be read when the placement has long changed or gone. Pure functions.
#pragma once

#include "base/time.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace attune::engine {

// Of the whole list, 0 to 1 each, as of when it was made; nothing where it could not be told.
struct ListNature {
    std::optional<double> diversity;   // how many pairs of its items have no label in common
    std::optional<double> novelty;     // how little known they are
    std::optional<double> popularity;  // what share of them is among what most people touched
};

struct ShownList {
    std::string decision_id;
    std::string placement;
    std::uint64_t version = 0;
    base::Time time;  // not after we heard of it
    base::Time received_at;
    std::vector<std::string> items;  // in their order, the first slot first
    // By source: what each made of each item (as many numbers an item as there are sources), and the weights that the placement
    // was written with. Empty where the answer did not say.
    std::vector<std::string> sources;
    std::vector<double> written;
    std::vector<float> rows;
    // Who brought the item to its slot: the source that spoke most for it, "pinned", "explored", or "none".
    std::vector<std::string> from;
    ListNature nature;
    // What a ranker learns from: features of each item by name, as many an item as there are names; NaN: not known.
    std::vector<std::string> features;
    std::vector<float> feature_rows;
};

inline constexpr std::size_t kListSlotsMax = 100;
inline constexpr std::size_t kListSourcesMax = 20;
inline constexpr std::size_t kListFeaturesMax = 100;

// Empty when the payload is no decision of this kind. Parts that do not fit together are left out.
[[nodiscard]] std::optional<ShownList> read_shown_list(std::string_view payload);

}  // namespace attune::engine
