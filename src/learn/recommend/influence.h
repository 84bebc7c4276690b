// Influence: how much single accounts may teach a model, so that whoever makes accounts to push an item needs many of them, and
// time. What is over the bounds is held back: it is in the log and in the person's own history, but nobody else learns from it.
//
//     const Influence bounded = within_influence(interactions, {.window = 7 * 86'400, .young = 7 * 86'400});
//     kIals.learn({bounded.interactions}, …);          bounded.suspects  →  people whose touches were part of a surge
//
// Three bounds, each a fact of the log that can be told to whoever asks:
//   * a person's touches of an item weigh `weight_max` together at most, the newest first, and only their newest `touches_max` touches
//     count: lifting an item over another of n more weight takes n / weight_max accounts;
//   * an item gains no more people within a window than `surge_least` + `surge_growth` × the most that it gained in any window before;
//   * of these, no more may be young (their first touch less than `young` before) than `surge_least` + `young_growth` × as many
//     as would be young by chance, by how many touches of that window are, elsewhere and among the item's other people and one.
// So a site that is new itself, where everybody is young, holds nothing back by the last; and what becomes popular among
// people who have been there for a while is learned from window to window, several times more each.
#pragma once

#include "learn/recommend/interactions.h"

namespace attune::learn {

struct InfluenceBounds {
    std::size_t touches_max = 500;
    float weight_max = 5;
    std::int64_t window = 7 * 86'400;  // in the unit of the touches' time
    std::int64_t young = 7 * 86'400;
    double surge_least = 5;
    double surge_growth = 3;     // 0: however many come
    double young_growth = 3;     // 0: however many of them are young
    double suspect_growth = 10;  // 0: nobody
};

struct Influence {
    Interactions interactions;
    // Who was young in a surge of `suspect_growth` times what chance would bring, so that of ten of them at most about one is
    // there by chance; ascending. Suspicion, not proof: for people to look at, and to be left out until they have.
    std::vector<PersonIndex> suspects;
    std::size_t held_back = 0;  // pairs of a person and an item
};

// People keep their numbers. The same for the same interactions.
[[nodiscard]] Influence within_influence(const Interactions& all, const InfluenceBounds& bounds);

// Without what these did, ascending: as if they had not been there. People keep their numbers.
[[nodiscard]] Interactions without_people(const Interactions& all,
                                          std::span<const PersonIndex> people);

// Without the items that fewer people than that touched with a weight above zero: nothing is learned from those touches, and nothing
// of what a single person did is in a model by itself, whatever its kind. To be asked last, of what the bounds leave. People and
// items keep their numbers.
[[nodiscard]] Interactions without_rare_items(const Interactions& all, std::uint32_t people_min);

}  // namespace attune::learn
