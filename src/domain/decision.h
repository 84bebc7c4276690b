// Decision: what was chosen for a person, out of what and with which probability. Experiments, bandits, the performance of
// rules, explanations and judging a policy before it is launched are all readings of the log of decisions. A decision is an
// event of the person's own ("$decision"), so it is kept, exported and erased like everything else about them; feedback
// names it by its id.
#pragma once

#include "base/json_text.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace attune::domain {

// One choice of a decision. Told by names, so that a log can be read without the definitions of its day.
struct Choice {
    std::string of;      // "rule:dark-at-night", "experiment:checkout", "flag:new-search"
    std::string chosen;  // "applied", "holdout", a variant, an item
    double probability = 1;
    std::uint64_t version = 0;       // of the definition that chose
    std::vector<std::string> among;  // what else there was, itself included
    // Whom it was drawn for, where that is not the person: their session, their group.
    std::optional<std::string> unit;
};

struct Decision {
    std::string kind;     // "config", "flag", "experiment", "recommendation"
    std::string subject;  // the context, flag or placement that was asked for
    std::vector<Choice> choices;
    base::JsonText features;  // what was known then, where a policy learns from it
    // Those that the person was in then, by name; the first kSegmentsMax. What is learned of segments is read from here: it
    // stays what it was when they leave one because of what was chosen.
    std::vector<std::string> segments;

    static constexpr std::size_t kSegmentsMax = 32;
};

}  // namespace attune::domain
