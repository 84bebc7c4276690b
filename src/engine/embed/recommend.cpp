#include "base/json.h"
#include "engine/embed/convert.h"
#include "engine/embed/impl.h"
#include "engine/models/describe.h"
#include "engine/recommend/everybody.h"
#include "engine/recommend/homepage.h"
#include "engine/recommend/similar_people.h"
#include "engine/tenancy/tenants.h"

#include <utility>

namespace attune {
namespace {

constexpr std::size_t kPeopleMax = 500;  // a page
constexpr std::size_t kIdsMax = 1'000;   // to exclude, or to go with

Result<void> check_limit(std::uint32_t limit, std::string_view place) {
    if (limit == 0 || limit > engine::kRecommendLimitMax)
        return fail_field(std::string(place), "must be 1 to 200");
    return {};
}

Recommended said(engine::RecommendAnswer answer) {
    return {.items = std::move(answer.items), .json = std::move(answer.json)};
}

}  // namespace

Result<Recommended> Engine::recommend(const RecommendOptions& options) const {
    ATTUNE_TRY(auto* const engine, impl_->engine());
    ATTUNE_TRY(const auto context, embed::object_of(options.context));
    if (options.limit) ATTUNE_TRY_VOID(check_limit(*options.limit, "/limit"));
    if (options.exclude.size() > kIdsMax || options.goes_with.size() > kIdsMax)
        return fail_field(options.exclude.size() > kIdsMax ? "/exclude" : "/goes_with",
                          "must be at most 1000 ids");
    ATTUNE_TRY(auto answer, engine->recommendations().recommend(
                                impl_->tenant(), {.placement = options.placement,
                                                  .user_id = options.user_id,
                                                  .context = context.root(),
                                                  .limit = options.limit,
                                                  .exclude = options.exclude,
                                                  .goes_with = options.goes_with,
                                                  .reasons = options.reasons,
                                                  .with_items = options.with_items}));
    return said(std::move(answer));
}

Result<Recommended> Engine::rank(const std::vector<std::string>& item_ids,
                                 const RecommendOptions& options) const {
    ATTUNE_TRY(auto* const engine, impl_->engine());
    ATTUNE_TRY(const auto context, embed::object_of(options.context));
    if (item_ids.empty() || item_ids.size() > engine::kRankMax)
        return fail_field("/item_ids", "must be 1 to 1000 ids");
    ATTUNE_TRY(auto answer, engine->recommendations().recommend(
                                impl_->tenant(), {.placement = options.placement,
                                                  .user_id = options.user_id,
                                                  .context = context.root(),
                                                  .among = item_ids,
                                                  .reasons = options.reasons,
                                                  .with_items = options.with_items}));
    return said(std::move(answer));
}

Result<Recommended> Engine::similar_items(std::string_view item_id, std::uint32_t limit) const {
    ATTUNE_TRY(auto* const engine, impl_->engine());
    ATTUNE_TRY_VOID(check_limit(limit, "/limit"));
    ATTUNE_TRY(auto answer,
               engine->recommendations().similar_items(impl_->tenant(), item_id, limit, false));
    return said(std::move(answer));
}

Result<std::string> Engine::homepage(std::string_view user_id, std::string_view context,
                                     std::uint32_t per_row) const {
    ATTUNE_TRY(auto* const engine, impl_->engine());
    ATTUNE_TRY(const auto document, embed::object_of(context));
    ATTUNE_TRY_VOID(check_limit(per_row, "/per_row"));
    return engine::homepage(engine->recommendations(), engine->people(), impl_->tenant(),
                            {.user_id = user_id, .context = document.root(), .per_row = per_row});
}

Result<RecommendedPage> Engine::recommend_to_all(const RecommendOptions& options,
                                                 const std::optional<std::string>& cursor,
                                                 std::size_t people) const {
    ATTUNE_TRY(auto* const engine, impl_->engine());
    if (options.limit) ATTUNE_TRY_VOID(check_limit(*options.limit, "/limit"));
    if (people == 0 || people > kPeopleMax) return fail_field("/people", "must be 1 to 500");
    ATTUNE_TRY(auto page, engine::recommend_to_people(
                              engine->recommendations(), engine->people(), impl_->tenant(),
                              {.placement = options.placement,
                               .limit = options.limit,
                               .reasons = options.reasons,
                               .page = {.after = cursor, .limit = people}}));
    return RecommendedPage{.lines = std::move(page.lines), .cursor = std::move(page.cursor)};
}

Result<std::vector<SimilarPerson>> Engine::similar_people(std::string_view user_id,
                                                          std::size_t limit) const {
    ATTUNE_TRY(auto* const engine, impl_->engine());
    if (limit == 0 || limit > engine::kSimilarPeopleMax)
        return fail_field("/limit", "must be 1 to 100");
    ATTUNE_TRY(auto found,
               engine::similar_people(engine->people(), engine->activity(), engine->tenants(),
                                      impl_->tenant(), user_id, limit));
    std::vector<SimilarPerson> people;
    for (engine::SimilarPerson& one : found)
        people.push_back({.user_id = std::move(one.user_id),
                          .likeness = one.likeness,
                          .in_common = one.in_common});
    return people;
}

Result<std::string> Engine::train_model(std::string_view learner) {
    ATTUNE_TRY(auto* const engine, impl_->engine());
    ATTUNE_TRY(
        const auto asked,
        engine->models().train(impl_->tenant(), {.learner = std::string(learner)}, "library"));
    engine->models().finish();
    ATTUNE_TRY(const auto entry, engine->models().get(impl_->tenant(), asked.id));
    return base::to_json(entry);
}

}  // namespace attune
