// Models of a running server: only it has read what people did.
#include "app/commands.h"
#include "app/real_number.h"
#include "app/remote.h"
#include "app/workplace.h"
#include "base/field_error.h"
#include "base/json.h"
#include "engine/models/describe.h"

#include <algorithm>

namespace attune::app {
namespace {

Result<std::string> train(const Invocation& invocation) {
    ATTUNE_TRY(auto remote, Remote::connect(invocation));
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
    return remote->post("/api/v1/models:train", base::to_json(request));
}

Result<std::string> list(const Invocation& invocation) {
    ATTUNE_TRY(auto remote, Remote::connect(invocation));
    return remote->get("/api/v1/models");
}

Result<std::string> show(const Invocation& invocation) {
    ATTUNE_TRY(auto remote, Remote::connect(invocation));
    return remote->get("/api/v1/models/" + path_segment(*invocation.text("MODEL")));
}

Result<std::string> publish(const Invocation& invocation) {
    ATTUNE_TRY(auto remote, Remote::connect(invocation));
    return remote->post("/api/v1/models/" + path_segment(*invocation.text("MODEL")) + ":publish",
                        {});
}

Result<std::string> roll_back(const Invocation& invocation) {
    ATTUNE_TRY(auto remote, Remote::connect(invocation));
    return remote->post("/api/v1/models:rollback",
                        invocation.has("ranker") ? R"({"kind":"ranker"})" : "");
}

int run_train(const Invocation& invocation, Console& console) {
    return answer_line(console, train(invocation));
}
int run_list(const Invocation& invocation, Console& console) {
    return answer_line(console, list(invocation));
}
int run_show(const Invocation& invocation, Console& console) {
    return answer_line(console, show(invocation));
}
int run_publish(const Invocation& invocation, Console& console) {
    return answer_line(console, publish(invocation));
}
int run_roll_back(const Invocation& invocation, Console& console) {
    return answer_line(console, roll_back(invocation));
}

}  // namespace

const Command kTrain{
    .name = "train",
    .summary = "Asks a running server to train a recommender from what people did.",
    .manual =
        "Prints the model, which waits for its turn; `attune models show` says how far it is. It "
        "is published when it is better than the one that answers.",
    .arguments = {{.name = "LEARNER",
                   .doc = "ials, ease, …, or ranker, which orders what the others find; ials when "
                          "left out.",
                   .required = false}},
    .options = {{.name = "set",
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
                {.name = "keep-ready", .value = {}, .doc = "Publish nothing, however good it is."},
                tenant_option(),
                server_option()},
    .run = &run_train};

const Command kModelsList{.name = "models list",
                          .summary = "Prints a server's models, the newest first, as JSON.",
                          .options = {tenant_option(), server_option()},
                          .run = &run_list};

const Command kModelsShow{
    .name = "models show",
    .summary = "Prints how a model was made and how good it is, as JSON.",
    .arguments = {{.name = "MODEL", .doc = "Its id, as `models list` prints it."}},
    .options = {tenant_option(), server_option()},
    .run = &run_show};

const Command kModelsPublish{
    .name = "models publish",
    .summary = "Lets a model answer from now on.",
    .arguments = {{.name = "MODEL", .doc = "Its id, as `models list` prints it."}},
    .options = {tenant_option(), server_option()},
    .run = &run_publish};

const Command kModelsRollback{
    .name = "models rollback",
    .summary = "Goes back to the model that was published before.",
    .options = {{.name = "ranker", .value = {}, .doc = "Of the rankers, not of the recommenders."},
                tenant_option(),
                server_option()},
    .run = &run_roll_back};

}  // namespace attune::app
