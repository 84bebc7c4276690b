// /models and /training: recommenders that are trained, compared and published.
#include "engine/models/models.h"
#include "api/answers.h"
#include "api/definition_answers.h"
#include "api/object_text.h"
#include "api/page_cut.h"
#include "api/query.h"
#include "api/routes.h"
#include "api/schema.h"
#include "api/wire_models.h"

namespace attune::api {
namespace {

engine::Models& models_of(const Call& call) { return call.services.engine.models(); }

Result<http::Answer> entry_answer(unsigned status, Result<engine::ModelEntry> entry) {
    if (!entry) return std::unexpected(entry.error());
    return json_answer(status, base::to_json(*entry));
}

Result<http::Answer> train_model(const Call& call) {
    engine::TrainingRequest request;
    if (!call.request.body.empty()) {
        ATTUNE_TRY(request, base::from_json<engine::TrainingRequest>(call.request.body));
    }
    return entry_answer(202,
                        models_of(call).train(call.tenant(), std::move(request), author_of(call)));
}

Result<http::Answer> list_models(const Call& call) {
    ATTUNE_TRY(const auto page, page_of(call));
    ATTUNE_TRY(auto models, models_of(call).list(call.tenant()));
    const auto last = cut_to_page(
        models, page, ListOrder::falling,
        [](const engine::ModelEntry& one) { return place_in_time(one.created_at, one.id); });
    ObjectText answer;
    answer.add("items", base::to_json(models));
    if (const auto published = models_of(call).published(call.tenant()))
        answer.add_string("published", published->id());
    if (const auto ranker = models_of(call).ranker(call.tenant()))
        answer.add_string("ranker", ranker->id());
    if (last) {
        answer.add_string("cursor", cursor_after(call, *last));
    } else {
        answer.add("cursor", "null");
    }
    return json_answer(200, std::string(std::move(answer).finish().text()));
}

Result<http::Answer> read_model(const Call& call) {
    return entry_answer(200, models_of(call).get(call.tenant(), call.request.param("model_id")));
}

Result<http::Answer> publish_model(const Call& call) {
    return entry_answer(200,
                        models_of(call).publish(call.tenant(), call.request.param("model_id")));
}

Result<http::Answer> roll_back_model(const Call& call) {
    wire::Rollback which;
    if (!call.request.body.empty()) {
        ATTUNE_TRY(which, base::from_json<wire::Rollback>(call.request.body));
    }
    return entry_answer(200, models_of(call).roll_back(call.tenant(), which.kind));
}

Result<http::Answer> cancel_model(const Call& call) {
    return entry_answer(200, models_of(call).cancel(call.tenant(), call.request.param("model_id")));
}

Result<http::Answer> delete_model(const Call& call) {
    ATTUNE_TRY_VOID(models_of(call).remove(call.tenant(), call.request.param("model_id")));
    return http::Answer{http::Response::json(204, {})};
}

Result<http::Answer> read_plan(const Call& call) {
    ATTUNE_TRY(const auto plan, models_of(call).plan(call.tenant()));
    return json_answer(200, base::to_json(plan));
}

Result<http::Answer> save_plan(const Call& call) {
    ATTUNE_TRY(const auto plan, base::from_json<engine::TrainingPlan>(call.request.body));
    ATTUNE_TRY_VOID(models_of(call).put_plan(call.tenant(), plan));
    return json_answer(200, base::to_json(plan));
}

constexpr Reply kTrainReplies[] = {
    {202, "The model, which waits for its turn.", schema_of<engine::ModelEntry>}};
constexpr Reply kListReplies[] = {
    {200, "A page of models, the newest first.", schema_of<wire::Models>}};
constexpr Reply kEntryReplies[] = {{200, "The model.", schema_of<engine::ModelEntry>}};
constexpr Reply kPublishedReplies[] = {
    {200, "The model that answers from now on.", schema_of<engine::ModelEntry>}};
constexpr Reply kDeletedReplies[] = {{204, "It is gone, and its bytes with it."}};
constexpr Reply kPlanReplies[] = {{200, "The plan.", schema_of<engine::TrainingPlan>}};

constexpr Route kRoutes[] = {
    {.method = http::Method::post,
     .pattern = "/api/v1/models:train",
     .id = "train_model",
     .tag = "models",
     .summary = "Train a recommender from what people did",
     .access = Access::of_tenant(kAdmins),
     .handler = train_model,
     .body = {.schema = schema_of<engine::TrainingRequest>,
              .doc = "What to learn; iALS by its defaults when left out.",
              .example = R"({"learner":"ials","settings":{"factors":64}})",
              .required = false},
     .replies = kTrainReplies,
     .description =
         "It is compared with the recipe of the model that answers, and with popularity, "
         "on the newest tenth of the data; and published when it is better. A ranker (learner "
         "ranker) learns the order of what was found from what people chose of what they were "
         "shown, and is compared with the order they were shown and with the ranker that "
         "answers. One model of a tenant is trained at a time.",
     .waits = true},
    {.method = http::Method::get,
     .pattern = "/api/v1/models",
     .id = "list_models",
     .tag = "models",
     .summary = "All models, and which one answers",
     .access = Access::of_tenant(kAnalysts),
     .handler = list_models,
     .query = kPaging,
     .replies = kListReplies,
     .waits = true},
    {.method = http::Method::get,
     .pattern = "/api/v1/models/{model_id}",
     .id = "read_model",
     .tag = "models",
     .summary = "A model: how it was made and how good it is",
     .access = Access::of_tenant(kAnalysts),
     .handler = read_model,
     .replies = kEntryReplies,
     .waits = true},
    {.method = http::Method::post,
     .pattern = "/api/v1/models/{model_id}:publish",
     .id = "publish_model",
     .tag = "models",
     .summary = "Let a model answer from now on",
     .access = Access::of_tenant(kAdmins),
     .handler = publish_model,
     .replies = kPublishedReplies,
     .waits = true},
    {.method = http::Method::post,
     .pattern = "/api/v1/models:rollback",
     .id = "roll_back_model",
     .tag = "models",
     .summary = "Go back to the model that was published before",
     .access = Access::of_tenant(kAdmins),
     .handler = roll_back_model,
     .body = {.schema = schema_of<wire::Rollback>,
              .doc = "Of which kind.",
              .example = R"({"kind":"ranker"})",
              .required = false},
     .replies = kPublishedReplies,
     .waits = true},
    {.method = http::Method::post,
     .pattern = "/api/v1/models/{model_id}:cancel",
     .id = "cancel_model",
     .tag = "models",
     .summary = "Stop a training",
     .access = Access::of_tenant(kAdmins),
     .handler = cancel_model,
     .replies = kEntryReplies,
     .waits = true},
    {.method = http::Method::del,
     .pattern = "/api/v1/models/{model_id}",
     .id = "delete_model",
     .tag = "models",
     .summary = "Remove a model that does not answer",
     .access = Access::of_tenant(kAdmins),
     .handler = delete_model,
     .replies = kDeletedReplies,
     .waits = true},
    {.method = http::Method::get,
     .pattern = "/api/v1/training",
     .id = "read_training_plan",
     .tag = "models",
     .summary = "What is trained by itself, and when",
     .access = Access::of_tenant(kAnalysts),
     .handler = read_plan,
     .replies = kPlanReplies,
     .waits = true},
    {.method = http::Method::put,
     .pattern = "/api/v1/training",
     .id = "save_training_plan",
     .tag = "models",
     .summary = "Train by itself, by time or by change",
     .access = Access::of_tenant(kAdmins),
     .handler = save_plan,
     .body = {schema_of<engine::TrainingPlan>, "What is trained, and when.",
              R"({"request":{"learner":"ials"},"every_hours":24,"after_touches":10000})"},
     .replies = kPlanReplies,
     .waits = true},
};

}  // namespace

std::span<const Route> model_routes() { return kRoutes; }

}  // namespace attune::api
