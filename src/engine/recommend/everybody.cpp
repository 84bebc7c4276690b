#include "engine/recommend/everybody.h"

#include "base/json.h"

#include <utility>

namespace attune::engine {

Result<PeoplePage> recommend_to_people(Recommendations& recommendations, People& people,
                                       TenantId tenant, const EverybodyQuestion& question) {
    ATTUNE_TRY(auto listing, people.list(tenant, question.page));
    PeoplePage page{.lines = {}, .cursor = std::move(listing.cursor)};
    // Nobody waits for a page as they do for an answer.
    ConditionWork work = recommendations.condition_work(
        {.steps = 200'000'000, .time = std::chrono::milliseconds(2'500)});
    for (const UserSummary& person : listing.items) {
        ATTUNE_TRY(const RecommendAnswer answer,
                   recommendations.recommend(tenant, {.placement = question.placement,
                                                      .user_id = person.user_id,
                                                      .limit = question.limit,
                                                      .reasons = question.reasons,
                                                      .record = false,
                                                      .work = &work}));
        page.lines += R"({"user_id":)";
        base::append_json(page.lines, std::string_view(person.user_id));
        page.lines.append(",").append(std::string_view(answer.json).substr(1)).append("\n");
    }
    return page;
}

}  // namespace attune::engine
