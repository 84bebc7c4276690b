// Models: training them, and which of them answers.
#include "app/commands.h"
#include "app/reach.h"
#include "app/real_number.h"
#include "app/route_command.h"
#include "base/field_error.h"
#include "base/json.h"
#include "engine/models/describe.h"
#include "http/text.h"

namespace attune::app {
namespace {

Result<std::string> training_asked(const Invocation& invocation) {
    engine::TrainingRequest request;
    ATTUNE_TRY(const auto settings, numbers_by_name(invocation, "set"));
    for (const auto& [name, value] : settings) request.settings[name] = value;
    ATTUNE_TRY(const std::uint64_t seed, invocation.number_or("seed", 1, 0, UINT32_MAX));
    request.learner = invocation.text("LEARNER").value_or(request.learner);
    request.seed = seed;
    request.publish = !invocation.has("keep-ready");
    ATTUNE_TRY(const auto minutes, real_number(invocation, "search"));
    request.search_minutes = minutes.value_or(0);
    ATTUNE_TRY(const std::uint64_t tries, invocation.number_or("search-tries", 0, 0, 1'000));
    request.search_tries = static_cast<std::uint32_t>(tries);
    return base::to_json(request);
}

struct AskedModel {
    std::string id;
};
BOOST_DESCRIBE_STRUCT(AskedModel, (), (id))

Result<std::string> train(const Invocation& invocation) {
    ATTUNE_TRY(const auto request, training_asked(invocation));
    ATTUNE_TRY(const auto reach, Reach::open(invocation, {}));
    ATTUNE_TRY(auto asked, reach->ask(http::Method::post, "/api/v1/models:train", request));
    if (reach->finish_trainings()) {
        const base::JsonOptions lenient{.unknown = base::Unknown::ignore, .require_members = false};
        ATTUNE_TRY(const auto model, base::from_json<AskedModel>(asked, lenient));
        ATTUNE_TRY(asked, reach->ask(http::Method::get,
                                     "/api/v1/models/" + http::percent_encoded(model.id)));
    }
    ATTUNE_TRY_VOID(reach->close());
    return asked;
}

int run_train(const Invocation& invocation, Console& console) {
    return answer_line(console, train(invocation));
}

Result<std::string> which_to_roll_back(const Invocation& invocation) {
    return std::string(invocation.has("ranker") ? R"({"kind":"ranker"})" : "");
}

constexpr RouteFace kList{.path = "/api/v1/models"};
constexpr RouteFace kShow{.path = "/api/v1/models/{MODEL}"};
constexpr RouteFace kPublish{.method = http::Method::post,
                             .path = "/api/v1/models/{MODEL}:publish"};
constexpr RouteFace kRollBack{.method = http::Method::post,
                              .path = "/api/v1/models:rollback",
                              .body_of = &which_to_roll_back};

const Argument kModel{.name = "MODEL", .doc = "Its id, as `models list` prints it."};

}  // namespace

const Command kTrain = with_reach(
    {.name = "train",
     .summary = "Trains a recommender from what people did.",
     .manual =
         "In a data directory it waits, and prints the model as it came to be. A server's model "
         "waits for its turn: `attune models show` says how far it is. It is published when it is "
         "better than the one that answers.",
     .arguments = {{.name = "LEARNER",
                    .doc = "ials, ease, …, or ranker, which orders what the others find; ials when "
                           "left out.",
                    .required = false}},
     .options =
         {{.name = "set",
           .value = "NAME=NUMBER",
           .doc = "A setting of the learner.",
           .repeats = true},
          {.name = "search",
           .value = "MINUTES",
           .doc = "For how long settings that are not given are searched first, on data that "
                  "is older than what the model is judged on."},
          {.name = "search-tries",
           .value = "N",
           .doc = "How many are tried at most; without --search the same data and seed find "
                  "the same settings."},
          {.name = "seed", .value = "N", .doc = "Of chance.", .fallback = "1"},
          {.name = "keep-ready", .value = {}, .doc = "Publish nothing, however good it is."}},
     .run = &run_train});

const Command kModelsList = route_command<kList>(
    {.name = "models list", .summary = "Prints the models, the newest first, as JSON."});

const Command kModelsShow =
    route_command<kShow>({.name = "models show",
                          .summary = "Prints how a model was made and how good it is, as JSON.",
                          .arguments = {kModel}});

const Command kModelsPublish =
    route_command<kPublish>({.name = "models publish",
                             .summary = "Lets a model answer from now on.",
                             .arguments = {kModel}});

const Command kModelsRollback = route_command<kRollBack>(
    {.name = "models rollback",
     .summary = "Goes back to the model that was published before.",
     .options = {
         {.name = "ranker", .value = {}, .doc = "Of the rankers, not of the recommenders."}}});

}  // namespace attune::app
