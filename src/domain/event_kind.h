// EventKind: what an event means, whatever its sender calls it. "view", "Product Viewed", "Viewed
// Product" and "product_viewed" are all a view. Events are stored under the name they came with;
// only their meaning is decided here, once, so that the fold, the weights and the checks of values
// agree.
//
//     event_kind("Order Completed") == EventKind::purchase
//     event_kind("made_a_wish") == EventKind::other      // kept and counted like any event
//
// Pure and thread-safe; some 30 ns a call, no allocation.
#pragma once

#include <cstdint>
#include <string_view>

namespace attune::domain {

enum class EventKind : std::uint8_t {
    other,  // a name of the tenant's own
    // implicit
    view,
    click,
    dwell,
    scroll,
    impression,
    search,
    add_to_cart,
    remove_from_cart,
    purchase,
    refund,
    share,
    page,
    screen,
    // explicit
    rating,
    like,
    dislike,
    thumbs_up,
    thumbs_down,
    favourite,
    unfavourite,
    review,
    // the names that begin with '$': what is said about a person, not done by them
    identify,
    alias,
    group,
    consent,
    preference,
    rectify,
    merge,
    decision,
};

// What the name means. Case, spaces, '_', '-' and '.' do not count, except in names that begin with
// '$'.
[[nodiscard]] EventKind event_kind(std::string_view event) noexcept;

// Attune's own name of a kind: "view", "add_to_cart", "$identify". "other" for other.
[[nodiscard]] std::string_view name_of(EventKind kind) noexcept;

// Kinds whose names begin with '$'.
[[nodiscard]] constexpr bool is_reserved(EventKind kind) noexcept {
    return kind >= EventKind::identify;
}

// Kinds that say outright what somebody thinks of an item.
[[nodiscard]] constexpr bool is_feedback(EventKind kind) noexcept {
    return kind >= EventKind::rating && kind <= EventKind::review;
}

}  // namespace attune::domain
