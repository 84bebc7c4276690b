// Sources: the ways in which candidates are found. Each answers with its best among those allowed, best first, and with
// nothing where it has nothing to say.
#pragma once

#include "domain/placement.h"
#include "engine/recommend/asking.h"
#include "learn/recommend/recommender.h"

#include <string>
#include <vector>

namespace attune::engine {

[[nodiscard]] std::vector<learn::Scored> found_by(domain::PlacementSourceKind kind,
                                                  std::size_t limit, const Asking& asking,
                                                  const learn::ItemMask& allowed);

// What somebody likes, strongest first: "category:games" and how much.
struct LikedLabel {
    std::string_view label;
    double score = 0;
};
[[nodiscard]] std::vector<LikedLabel> liked_labels(const PersonFacts& facts, std::size_t limit);

// What goes with an item: the model's neighbours where it knows the item, what people went on to where it does not; and where that
// is fewer than `limit`, below them what is like it by its nature.
[[nodiscard]] std::vector<learn::Scored> like(ItemNumber item, std::size_t limit,
                                              const Asking& asking, const learn::ItemMask& allowed);

// Whether what the model answers depends on who asks: what is the same for everybody says nothing of what goes with an item.
[[nodiscard]] bool looks_at_histories(const ServedModel& model);

}  // namespace attune::engine
