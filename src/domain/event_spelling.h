// How names of events are compared. "Product Viewed", "product_viewed" and "productViewed" are one name, so whoever names an
// event (a filter, a weight) means all its spellings; and the own name of a kind ("view") means every event of that kind.
//
//     plain_event_name("Product Viewed")            // "productviewed"
//     EventNamed("view").includes("Item Viewed")    // true: a kind's own name
//     EventNamed("Item Viewed").includes("view")    // false
//
// Pure and thread-safe.
#pragma once

#include "domain/event_kind.h"

#include <string>
#include <string_view>

namespace attune::domain {

// What is left when case, spaces, '_', '-' and '.' do not count; a name that begins with '$' stays as it is.
[[nodiscard]] std::string plain_event_name(std::string_view event);

class EventNamed {
public:
    explicit EventNamed(std::string_view name);
    [[nodiscard]] bool includes(std::string_view event) const;

private:
    std::string plain_;
    EventKind kind_ = EventKind::other;  // other: not the name of a kind
};

}  // namespace attune::domain
