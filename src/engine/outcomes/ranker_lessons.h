// RankerLessons: the lists that somebody chose from, with their features as they were then, as a ranker learns from them
// (learn/ranking/ranker.h).
//
//     ATTUNE_TRY(const auto lessons, read_ranker_lessons(store, tenant, numbers, weights, {.stop = stop}));
//     learn::learn_ranker(lessons.log, lessons.names, lessons.bias, {}, training);
//
// Reads the log from its beginning by the rules of open_lists.h, so who was erased is not in it. Lists in which nobody chose
// anything, or everything, tell no order and are left out; they do tell how probably each position is looked at.
#pragma once

#include "engine/outcomes/open_lists.h"
#include "learn/ranking/ranking_log.h"

#include <optional>
#include <stop_token>

namespace attune::engine {

struct RankerLessonsOptions {
    std::size_t lists_max = 50'000;  // the newest; some 1.2 kB each of ten items
    std::stop_token stop{};
};

struct RankerLessons {
    std::vector<std::string> names;  // of the features: "source.model", "price", …; sorted
    learn::RankingLog log;           // in order of time
    learn::PositionBias bias;
    std::uint64_t people = 0;  // who were shown them
    std::uint64_t items = 0;   // different ones
    std::optional<base::Time> from;
    std::optional<base::Time> until;
};

// What stands first in the names of sources' scores.
inline constexpr std::string_view kSourceFeature = "source.";

// cancelled, and what the store fails with. Takes as long as reading the log does, and holds nothing up.
[[nodiscard]] Result<RankerLessons> read_ranker_lessons(store::Store& store, TenantId tenant,
                                                        ItemNumbers& numbers,
                                                        const WeightTable& weights,
                                                        const RankerLessonsOptions& options);

}  // namespace attune::engine
