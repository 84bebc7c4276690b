#include "api/segment/merge.h"

#include <utility>

namespace attune::api::segment {

// Recursion is bounded: a document is at most as deep as the parser lets it be.
base::JsonText merged(base::JsonView over, base::JsonView under) {
    ObjectText out;
    for (auto [key, value] : over.members()) {
        auto below = under.find(key);
        if (value.is_object() && below && below->is_object()) {
            out.add(key, merged(value, *below));
        } else {
            out.add(key, value);
        }
    }
    for (auto [key, value] : under.members()) {
        if (!over.find(key)) out.add(key, value);
    }
    return std::move(out).finish();
}

base::JsonText merged(std::optional<base::JsonView> over, std::optional<base::JsonView> under) {
    const bool has_over = over && over->is_object();
    const bool has_under = under && under->is_object();
    if (has_over && has_under) return merged(*over, *under);
    if (has_over) return over->text();
    if (has_under) return under->text();
    return base::JsonText::trusted("{}");
}

}  // namespace attune::api::segment
