// Homepage: a person's front page in rows, none of which repeats what stands above it: what they left off, what is featured,
// because they liked …, the categories they like, what is trending, what is new for them. Each row is a placement (built in, or
// the tenant's own of that id: "homepage.trending"), with its decision. A row with nothing in it is left out.
//
//     auto page = homepage(recommendations, people, tenant, {.user_id = "ann", .context = context.root(), .per_row = 10});
#pragma once

#include "engine/recommend/recommendations.h"

#include <string>

namespace attune::engine {

struct HomepageQuestion {
    std::string_view user_id;
    std::optional<base::JsonView> context;  // an object
    std::uint32_t per_row = 10;
    bool reasons = false;
    bool with_items = false;
};

// {"rows": [{"row": "homepage.continue", "title": …, "items": […], "decision_id": …, …}]}
[[nodiscard]] Result<std::string> homepage(Recommendations& recommendations, People& people,
                                           TenantId tenant, const HomepageQuestion& question);

}  // namespace attune::engine
