// ContextNeeds: what a placement's filter counts on being sent as `context`. What was not sent compares as nothing, which few items
// stand, and whoever asks should hear that rather than wonder at an empty answer.
//
//     const ContextNeeds needs = ContextNeeds::of(filter);       // {"<=": [{"var": "item.price"}, {"var": "context.budget"}]}
//     needs.missing(surroundings)                                // {"context.budget"}
//
// A filter that asks itself whether something was sent, or names what holds otherwise, does not count on it (Logic::paths_needed).
// Null is not sent. Immutable; any thread.
#pragma once

#include "engine/logic/logic.h"

#include <string>
#include <vector>

namespace attune::engine {

class ContextNeeds {
public:
    ContextNeeds() = default;
    [[nodiscard]] static ContextNeeds of(const Logic& filter);

    // `surroundings` has `context`, as the filter sees it.
    [[nodiscard]] std::vector<std::string> missing(LogicValue surroundings) const;

private:
    struct Need {
        std::string path;  // "context.trip.days"
        Logic read;
    };
    std::vector<Need> needs_;
};

}  // namespace attune::engine
