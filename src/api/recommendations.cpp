// /recommendations, /rank, /homepage and what is like an item: what somebody should be shown.
#include "api/answers.h"
#include "api/call.h"
#include "api/query.h"
#include "api/routes.h"
#include "api/schema.h"
#include "api/wire_recommend.h"
#include "domain/describe_placement.h"
#include "engine/engine.h"
#include "engine/recommend/homepage.h"

#include <algorithm>
#include <utility>

namespace attune::api {

namespace {

constexpr std::uint32_t kLimitDefault = 10;

Result<base::JsonDocument> context_of(const base::JsonText& context) {
    auto parsed = base::JsonDocument::parse(context.is_null() ? "{}" : context.text());
    if (!parsed) return base::error_below("/context", parsed.error());
    return parsed;
}

Result<http::Answer> recommend(const Call& call) {
    ATTUNE_TRY(const auto wanted, base::from_json<wire::RecommendQuestion>(call.request.body));
    ATTUNE_TRY(const auto context, context_of(wanted.context));
    ATTUNE_TRY(auto answer, call.services.engine.recommendations().recommend(
                                call.tenant(), {.placement = wanted.placement,
                                                .user_id = wanted.user_id.value_or(""),
                                                .context = context.root(),
                                                .limit = wanted.limit,
                                                .exclude = wanted.exclude,
                                                .goes_with = wanted.goes_with,
                                                .label = wanted.label ? *wanted.label : "",
                                                .reasons = wanted.reasons,
                                                .with_items = wanted.with_items}));
    return json_answer(200, std::move(answer.json));
}

Result<http::Answer> rank(const Call& call) {
    ATTUNE_TRY(const auto wanted, base::from_json<wire::RankQuestion>(call.request.body));
    ATTUNE_TRY(const auto context, context_of(wanted.context));
    ATTUNE_TRY(auto answer, call.services.engine.recommendations().recommend(
                                call.tenant(), {.placement = wanted.placement,
                                                .user_id = wanted.user_id.value_or(""),
                                                .context = context.root(),
                                                .among = wanted.items,
                                                .reasons = wanted.reasons}));
    return json_answer(200, std::move(answer.json));
}

Result<http::Answer> preview(const Call& call) {
    ATTUNE_TRY(const auto wanted, base::from_json<wire::PlacementPreview>(call.request.body));
    auto placement = base::from_json<domain::Placement>(wanted.placement.text());
    if (!placement) return base::error_below("/placement", placement.error());
    auto compiled = engine::CompiledPlacement::compile("preview", 0, *std::move(placement));
    if (!compiled) return base::error_below("/placement", compiled.error());
    ATTUNE_TRY(const auto context, context_of(wanted.context));
    ATTUNE_TRY(auto answer, call.services.engine.recommendations().recommend(
                                call.tenant(), {.user_id = wanted.user_id.value_or(""),
                                                .context = context.root(),
                                                .limit = wanted.limit,
                                                .preview = *std::move(compiled),
                                                .reasons = true,
                                                .with_items = true}));
    return json_answer(200, std::move(answer.json));
}

Result<std::uint32_t> few(const http::Request& request) {
    if (!request.query_param("limit")) return kLimitDefault;
    ATTUNE_TRY(const std::size_t limit, limit_of(request));
    if (limit > engine::kRecommendLimitMax)
        return fail_field("?limit", "must be 1 to " + std::to_string(engine::kRecommendLimitMax));
    return static_cast<std::uint32_t>(limit);
}

Result<http::Answer> similar_items(const Call& call) {
    ATTUNE_TRY(const std::uint32_t limit, few(call.request));
    ATTUNE_TRY(const bool with_items, switch_in(call.request, "with_items"));
    ATTUNE_TRY(auto answer, call.services.engine.recommendations().similar_items(
                                call.tenant(), call.request.param("item_id"), limit, with_items));
    return json_answer(200, std::move(answer.json));
}

Result<http::Answer> get_homepage(const Call& call) {
    ATTUNE_TRY(const std::uint32_t limit, few(call.request));
    ATTUNE_TRY(const bool with_items, switch_in(call.request, "with_items"));
    ATTUNE_TRY(const bool reasons, switch_in(call.request, "reasons"));
    auto& engine = call.services.engine;
    ATTUNE_TRY(auto page, engine::homepage(engine.recommendations(), engine.people(), call.tenant(),
                                           {.user_id = call.request.param("user_id"),
                                            .per_row = limit,
                                            .reasons = reasons,
                                            .with_items = with_items}));
    return json_answer(200, std::move(page));
}

constexpr Param kFewParams[] = {
    {"limit", "1 to 200; 10 when left out.", "integer"},
    {"with_items", "Each with what the catalogue says of it.", "boolean"}};
constexpr Param kHomepageParams[] = {
    {"limit", "Of each row: 1 to 200; 10 when left out.", "integer"},
    {"with_items", "Each with what the catalogue says of it.", "boolean"},
    {"reasons", "Why each is there.", "boolean"}};

constexpr Reply kReplies[] = {
    {200, "The items, best first. What could not be done as asked stands in fallbacks.",
     schema_of<wire::Recommendation>}};
constexpr Reply kRankReplies[] = {
    {200,
     "The items that may be shown, best first; those that are unknown, hidden or held back by "
     "the filter are left out.",
     schema_of<wire::Recommendation>}};
constexpr Reply kSimilarReplies[] = {
    {200, "The items, those most alike first.", schema_of_list<wire::Recommended>}};
constexpr Reply kHomepageReplies[] = {
    {200, "The rows that have something in them.", schema_of<wire::Homepage>}};

constexpr Route kRoutes[] = {
    {.method = http::Method::post,
     .pattern = "/api/v1/recommendations",
     .id = "recommend",
     .tag = "recommend",
     .summary = "What somebody should be shown in a place, and why",
     .access = Access::of_tenant(kReaders),
     .handler = recommend,
     .body = {schema_of<wire::RecommendQuestion>, "Where, and whom for.",
              R"({"placement":"home","user_id":"ann","limit":5,"reasons":true})"},
     .replies = kReplies,
     .description =
         "Computed when it is asked, from the profile of this instant: an acknowledged click is in "
         "the next answer. Every answer for somebody known is a decision, kept with its "
         "probabilities as an event of theirs; send its decision_id along with what they do next.",
     .idempotent = false},
    {.method = http::Method::post,
     .pattern = "/api/v1/rank",
     .id = "rank",
     .tag = "recommend",
     .summary = "Put given items in order for somebody",
     .access = Access::of_tenant(kReaders),
     .handler = rank,
     .body = {schema_of<wire::RankQuestion>, "Which items, and whom for.",
              R"({"items":["a","b","c"],"user_id":"ann"})"},
     .replies = kRankReplies,
     .idempotent = false},
    {.method = http::Method::post,
     .pattern = "/api/v1/placements:preview",
     .id = "preview_placement",
     .tag = "recommend",
     .summary = "Try a placement on somebody, without saving it",
     .access = Access::of_tenant(kReaders),
     .handler = preview,
     .body =
         {schema_of<wire::PlacementPreview>, "The placement, and whom for.",
          R"({"placement":{"name":"Only games","filter":{"in":["games",{"var":"item.categories"}]}},"user_id":"ann"})"},
     .replies = kReplies,
     .description = "With reasons and items; nothing is recorded.",
     .idempotent = false},
    {.method = http::Method::get,
     .pattern = "/api/v1/items/{item_id}/similar",
     .id = "similar_items",
     .tag = "recommend",
     .summary = "What is like an item",
     .access = Access::of_tenant(kReaders),
     .handler = similar_items,
     .query = kFewParams,
     .replies = kSimilarReplies},
    {.method = http::Method::get,
     .pattern = "/api/v1/homepage/{user_id}",
     .id = "get_homepage",
     .tag = "recommend",
     .summary = "Somebody's front page, in rows",
     .access = Access::of_person(kReaders, "user_id"),
     .handler = get_homepage,
     .query = kHomepageParams,
     .replies = kHomepageReplies,
     .description = "No item stands in two rows. Each row is a placement: save one of its id "
                    "(homepage.trending) to choose otherwise."},
};

}  // namespace

std::span<const Route> recommendation_routes() { return kRoutes; }

}  // namespace attune::api
