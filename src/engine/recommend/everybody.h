// Everybody: recommendations for all people, a page of them at a time: for mailings, and for systems that take lists.
//
//     std::optional<std::string> cursor;
//     do {
//         ATTUNE_TRY(const PeoplePage page, recommend_to_people(recommendations, people, tenant, {.page = {.after = cursor}}));
//         out << page.lines;                      // {"user_id": "ann", "items": […], …}, a line each
//         cursor = page.cursor;
//     } while (cursor);
//
// As each would be answered now, but nothing is recorded: what is in a list was not shown yet. Reads the store for people who are not
// in memory; a page costs some milliseconds a person.
#pragma once

#include "engine/recommend/recommendations.h"

#include <optional>
#include <string>
#include <string_view>

namespace attune::engine {

struct EverybodyQuestion {
    std::string_view placement;
    std::optional<std::uint32_t> limit;  // the placement's when empty; at most kRecommendLimitMax
    bool reasons = false;
    store::Page page{};  // of people
};

struct PeoplePage {
    std::string lines;                  // NDJSON
    std::optional<std::string> cursor;  // of the next page; empty at the end
};

// Errors of People::list.
[[nodiscard]] Result<PeoplePage> recommend_to_people(Recommendations& recommendations,
                                                     People& people, TenantId tenant,
                                                     const EverybodyQuestion& question);

}  // namespace attune::engine
