// How placements rank and do, by what people chose.
#include "app/commands.h"
#include "app/route_command.h"

namespace attune::app {
namespace {

const Argument kPlacement{.name = "PLACEMENT",
                          .doc = "Its id; default for the one that everybody has."};

constexpr RouteFace kPerformance{.path = "/api/v1/placements/{PLACEMENT}/performance",
                                 .whole_log = true};
constexpr RouteFace kLearned{.path = "/api/v1/placements/{PLACEMENT}/learned", .whole_log = true};

}  // namespace

const Command kPlacementsPerformance = route_command<kPerformance>(
    {.name = "placements performance",
     .summary = "Prints how well a placement does, as JSON.",
     .manual = "Clicks, hit rate, NDCG, coverage, diversity and novelty: in all, by day, slot, "
               "source and version, counted from the log up to now.",
     .arguments = {kPlacement}});

const Command kPlacementsLearned = route_command<kLearned>(
    {.name = "placements learned",
     .summary = "Prints how much each source of a placement counts, as JSON.",
     .manual = "As it is written, and as people's choices taught it; and which items do well in "
               "slots that are left to chance.",
     .arguments = {kPlacement}});

}  // namespace attune::app
