// Fallback: what of a question could not be answered as it was asked, and what was done instead.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace attune::engine {

struct Fallback {
    std::string_view
        kind;  // "unknown_placement", "unknown_person", "opted_out", "placement_not_active", "empty_catalogue",
    // "no_model", "no_activity", "nothing_left", "warming_up", "few_found", "seeds_not_used", "filter_too_costly", "boosts_too_costly",
    // "segments_too_costly"
    std::string detail;  // a sentence
};

using Fallbacks = std::vector<Fallback>;

}  // namespace attune::engine
