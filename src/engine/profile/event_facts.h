// What the fold reads out of one event's properties, in one pass: topics, items, pages, queries.
// The names it looks for are Attune's own and those of Segment's e-commerce specification;
// `products` is their list of items.
#pragma once

#include "domain/event.h"
#include "domain/event_kind.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace attune::engine {

struct ProductFact {
    std::string item;             // empty when only a price was given
    std::optional<double> value;  // price · quantity
};

struct EventFacts {
    std::vector<std::string>
        topics;  // sorted, no duplicates: "brand:acme", "category:games", "tag:puzzle"
    std::vector<ProductFact> products;
    std::optional<std::string> query;
    std::optional<std::string> page;
    std::optional<std::string> feature;
    std::optional<std::string> text;  // of a review
};

[[nodiscard]] EventFacts facts_of(const domain::Event& event, domain::EventKind kind);

// How much of its kind's weight an event has, in −1 … 3:
//   rating, review   (value − 3)/2 on the usual scale of 1 to 5: 5 → 1, 3 → 0, 1 → −1; without a
//   value 0 dwell            value in seconds / 60, at most 3 (three minutes); without a value 1
//   scroll           value as a fraction of the page, 0 … 1 (above 1 it is read as per cent);
//   without a value 1 everything else  1
[[nodiscard]] double strength_of(domain::EventKind kind, std::optional<double> value);

// The beginning of `text` that fits, cut between characters.
[[nodiscard]] std::string_view cut_text(std::string_view text, std::size_t bytes_max);

}  // namespace attune::engine
