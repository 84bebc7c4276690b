// /recommendations, /rank, /homepage and what is like an item: what somebody should be shown.
#include "api/answers.h"
#include "api/call.h"
#include "api/placement_answers.h"
#include "api/query.h"
#include "api/routes.h"
#include "api/schema.h"
#include "api/wire_recommend.h"
#include "domain/describe_placement.h"
#include "engine/engine.h"
#include "engine/recommend/everybody.h"
#include "engine/recommend/homepage.h"
#include "engine/recommend/similar_people.h"
#include "http/text.h"

#include <algorithm>
#include <utility>

namespace attune::api {

namespace {

constexpr std::uint32_t kLimitDefault = 10;
constexpr std::string_view kLines = "application/x-ndjson";

// A place that is none would be as good as no place, and nobody would know.
Result<void> check_degrees(base::JsonView location, std::string_view name, int most) {
    const std::string pointer = "/context/location/" + std::string(name);
    const auto member = location.find(name);
    if (!member) return fail_field(pointer, "is needed beside the other");
    const auto degrees = member->as_double();
    if (degrees && *degrees >= -most && *degrees <= most) return {};
    return fail_field(
        pointer, "must be degrees from -" + std::to_string(most) + " to " + std::to_string(most));
}

Result<base::JsonDocument> context_of(const base::JsonText& context) {
    auto parsed = base::JsonDocument::parse(context.is_null() ? "{}" : context.text());
    if (!parsed) return base::error_below("/context", parsed.error());
    const auto location = parsed->root().find("location");
    if (!location) return parsed;
    if (!location->is_object())
        return fail_field("/context/location", "must be an object of latitude and longitude");
    ATTUNE_TRY_VOID(check_degrees(*location, "latitude", 90));
    ATTUNE_TRY_VOID(check_degrees(*location, "longitude", 180));
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
    ATTUNE_TRY(const auto around, placement_circumstances(call));
    auto warnings = engine::placement_warnings(**compiled, around);
    for (std::string& warning : warnings) warning.insert(0, "/placement");
    ATTUNE_TRY(auto answer, call.services.engine.recommendations().recommend(
                                call.tenant(), {.user_id = wanted.user_id.value_or(""),
                                                .context = context.root(),
                                                .limit = wanted.limit,
                                                .preview = *std::move(compiled),
                                                .reasons = true,
                                                .with_items = true}));
    if (!warnings.empty()) {
        answer.json.pop_back();
        answer.json.append(R"(,"warnings":)").append(base::to_json(warnings)).append("}");
    }
    return json_answer(200, std::move(answer.json));
}

Result<std::uint32_t> few(const http::Request& request) {
    if (!request.query_param("limit")) return kLimitDefault;
    ATTUNE_TRY(const std::size_t limit, limit_of(request));
    if (limit > engine::kRecommendLimitMax)
        return fail_field("?limit", "must be 1 to " + std::to_string(engine::kRecommendLimitMax));
    return static_cast<std::uint32_t>(limit);
}

Result<std::size_t> people_of(const http::Request& request) {
    const auto text = request.query_param("people");
    if (!text) return kPageDefault;
    const auto people = http::parse_decimal(*text);
    if (!people || *people == 0 || *people > kPageMax)
        return fail_field("?people", "must be 1 to 500");
    return static_cast<std::size_t>(*people);
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

Result<http::Answer> similar_people(const Call& call) {
    ATTUNE_TRY(const std::uint32_t limit, few(call.request));
    if (limit > engine::kSimilarPeopleMax) return fail_field("?limit", "must be 1 to 100");
    auto& engine = call.services.engine;
    ATTUNE_TRY(auto people,
               engine::similar_people(engine.people(), engine.activity(), engine.tenants(),
                                      call.tenant(), call.request.param("id"), limit));
    wire::List<wire::SimilarPerson> answer;
    for (engine::SimilarPerson& one : people)
        answer.items.push_back({std::move(one.user_id), one.likeness, one.in_common});
    return json_answer(200, list_json(answer));
}

Result<http::Answer> export_recommendations(const Call& call) {
    engine::EverybodyQuestion question;
    const std::string placement = call.request.query_param("placement").value_or("");
    question.placement = placement;
    if (call.request.query_param("limit")) {
        ATTUNE_TRY(question.limit, few(call.request));
    }
    ATTUNE_TRY(question.reasons, switch_in(call.request, "reasons"));
    ATTUNE_TRY(question.page.limit, people_of(call.request));
    ATTUNE_TRY(question.page.after, place_in(call));
    auto& engine = call.services.engine;
    ATTUNE_TRY(auto page, engine::recommend_to_people(engine.recommendations(), engine.people(),
                                                      call.tenant(), question));
    page.lines += R"({"cursor":)";
    if (page.cursor)
        base::append_json(page.lines, std::string_view(cursor_after(call, *page.cursor)));
    else
        page.lines += "null";
    page.lines += "}\n";
    http::Response response = http::Response::json(200, std::move(page.lines));
    response.content_type = kLines;
    return http::Answer{std::move(response)};
}

std::string schema_of_lines(base::SchemaSet&) { return R"({"type":"string"})"; }

constexpr Param kFewParams[] = {
    {.name = "limit",
     .doc = "1 to 200; 10 when left out.",
     .type = "integer",
     .minimum = 1,
     .maximum = 200},
    {"with_items", "Each with what the catalogue says of it.", "boolean"}};
constexpr Param kHomepageParams[] = {
    {.name = "limit",
     .doc = "Of each row: 1 to 200; 10 when left out.",
     .type = "integer",
     .minimum = 1,
     .maximum = 200},
    {"with_items", "Each with what the catalogue says of it.", "boolean"},
    {"reasons", "Why each is there.", "boolean"}};

constexpr Param kPeopleParams[] = {{.name = "limit",
                                    .doc = "1 to 100; 10 when left out.",
                                    .type = "integer",
                                    .minimum = 1,
                                    .maximum = 100}};
constexpr Param kExportParams[] = {
    {"placement", "Where they will be shown; the default one when left out."},
    {.name = "limit",
     .doc = "How many items for each, 1 to 200; the placement's when left out.",
     .type = "integer",
     .minimum = 1,
     .maximum = 200},
    {"reasons", "Why each is there.", "boolean"},
    {.name = "people",
     .doc = "How many people, from 1 to 500; 100 when left out.",
     .type = "integer",
     .minimum = 1,
     .maximum = 500},
    {"cursor", "Of the last line of the page before."}};

constexpr Reply kReplies[] = {
    {200,
     "The items, in the order of their slots. What could not be done as asked stands in fallbacks.",
     schema_of<wire::Recommendation>}};
std::string schema_of_preview(base::SchemaSet& schemas) {
    return R"({"allOf":[)" + schemas.ref<wire::Recommendation>() +
           R"(,{"type":"object","properties":{)" + std::string(kPlacementWarnings) + "}}]}";
}

constexpr Reply kPreviewReplies[] = {
    {200, "As it would be answered; warnings are of what is tried.", schema_of_preview}};
constexpr Reply kRankReplies[] = {
    {200,
     "The items that may be shown, best first; the others stand in left_out, with why: unknown, "
     "not_open, disliked, seen, held_back (by the filter or a cap), repeated.",
     schema_of<wire::Recommendation>}};
constexpr Reply kSimilarReplies[] = {
    {200, "The items, those most alike first.", schema_of<wire::SimilarItems>}};
constexpr Reply kHomepageReplies[] = {
    {200, "The rows that have something in them. Why others have not stands in fallbacks.",
     schema_of<wire::Homepage>}};

constexpr Reply kPeopleReplies[] = {{200, "The people, those most alike first; cursor is null.",
                                     schema_of_list<wire::SimilarPerson>}};
constexpr Reply kExportReplies[] = {
    {200,
     "A line for each person: user_id, and what POST /recommendations answers. The last line is "
     "{\"cursor\": …}; it is null at the end.",
     schema_of_lines, kLines}};

constexpr Route kRoutes[] = {
    {.method = http::Method::get,
     .pattern = "/api/v1/recommendations:export",
     .id = "export_recommendations",
     .tag = "recommend",
     .summary = "What everybody should be shown in a place, a page of people at a time",
     .access = Access::of_tenant(kReaders),
     .handler = export_recommendations,
     .query = kExportParams,
     .replies = kExportReplies,
     .description = "For mailings and for systems that take lists. Nothing is recorded: what is "
                    "in a list was not shown yet.",
     .waits = true},
    {.method = http::Method::get,
     .pattern = "/api/v1/users/{id}/similar",
     .id = "similar_people",
     .tag = "recommend",
     .summary = "Who is of like taste",
     .access = Access::of_tenant(kReaders),
     .handler = similar_people,
     .query = kPeopleParams,
     .replies = kPeopleReplies,
     .description =
         "By the items that both liked. It names people, so it is for your own systems, "
         "not for a person's token. Nobody is in it who was erased or does not want to be "
         "personalised; about one of the latter it tells nothing.",
     .waits = true},
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
     .replies = kPreviewReplies,
     .description = "With reasons and items; nothing is recorded.",
     .waits = true,
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
