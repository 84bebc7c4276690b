// /personalization/config: what a person should see right now.
#include "api/answers.h"
#include "api/call.h"
#include "api/etag.h"
#include "api/routes.h"
#include "api/schema.h"
#include "api/wire_rules.h"
#include "engine/decide/decider.h"

#include <utility>

namespace attune::api {

namespace {

Result<http::Answer> get_config(const Call& call) {
    ATTUNE_TRY(const auto question, base::from_json<wire::ConfigQuestion>(call.request.body));
    ATTUNE_TRY(
        const auto context,
        base::JsonDocument::parse(question.context.is_null() ? "{}" : question.context.text()));
    ATTUNE_TRY(auto answer,
               call.services.engine.decider().config(
                   call.tenant(), {question.user_id, context.root(), question.reasons}));
    http::Response response;
    if (const auto seen = call.request.header("if-none-match");
        seen && etag_matches(*seen, answer.etag))
        response.status = 304;
    else
        response = http::Response::json(200, std::move(answer.json));
    response.with("ETag", std::move(answer.etag));
    return http::Answer{std::move(response)};
}

constexpr Reply kReplies[] = {
    {200, "The configuration. Who is unknown, or has opted out, gets the defaults.",
     schema_of<wire::Config>},
    {304, "Unchanged since the ETag that was sent."}};

constexpr Route kRoutes[] = {
    {.method = http::Method::post,
     .pattern = "/api/v1/personalization/config",
     .id = "get_config",
     .tag = "decide",
     .summary = "What a person should see right now, and why",
     .access = Access::of_tenant(kReaders),
     .handler = get_config,
     .body =
         {schema_of<wire::ConfigQuestion>, "Who, and where.",
          R"({"user_id":"ann","context":{"name":"dashboard","device":"mobile"},"reasons":true})"},
     .replies = kReplies,
     .description =
         "Every answer is a decision, kept with its probabilities as an event of the person's.",
     .conditional = true,
     .idempotent = false},
};

}  // namespace

std::span<const Route> config_routes() { return kRoutes; }

}  // namespace attune::api
