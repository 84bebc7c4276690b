// /experiments: questions put to people by chance, from the draft to what came of it.
#include "engine/experiment/experiments.h"
#include "api/circumstances.h"
#include "api/definition_answers.h"
#include "api/query.h"
#include "api/routes.h"
#include "api/schema.h"
#include "api/wire_experiments.h"
#include "engine/bandit/bandits.h"
#include "engine/experiment/experiment_reader.h"

#include <utility>

namespace attune::api {

namespace {

engine::Experiments& experiments_of(const Call& call) { return call.services.engine.experiments(); }

std::string_view id_in(const Call& call) { return call.request.param("experiment_id"); }

constexpr DefinitionNames kNames{.id = "experiment_id", .there = [](const Call& call) {
                                     return experiments_of(call).get(call.tenant(), id_in(call));
                                 }};

bool has_status(const engine::Definition& one, const std::optional<std::string>& status) {
    if (!status) return true;
    const auto body = base::JsonDocument::parse(one.now().body.text());
    const auto found = body ? body->root().find("status") : std::nullopt;
    return found && found->as_string() == *status;
}

// Of what cannot be read (it was saved when it could), nothing.
Result<std::vector<std::string>> warnings_of(const Call& call, const engine::Definition& saved) {
    const auto experiment = base::from_json<domain::Experiment>(saved.now().body.text());
    if (!experiment) return std::vector<std::string>{};
    ATTUNE_TRY(const Circumstances around, circumstances_of(call));
    return engine::experiment_warnings(*experiment, around.view());
}

Result<http::Answer> shown(const Call& call, unsigned status, const engine::Definition& saved) {
    ATTUNE_TRY(const auto warnings, warnings_of(call, saved));
    return definition_answer(status, kNames, saved, warnings);
}

Result<http::Answer> list_experiments(const Call& call) {
    const auto status = call.request.query_param("status");
    ATTUNE_TRY(const auto all, experiments_of(call).list(call.tenant()));
    return page_answer(
        call, *all, [&](const engine::Definition& one) { return has_status(one, status); },
        [](const engine::Definition& one) { return definition_json(kNames, one); });
}

Result<http::Answer> create_experiment(const Call& call) {
    ATTUNE_TRY(const auto body, definition_body(call, kNames));
    ATTUNE_TRY(const auto change, change_of_new(call));
    ATTUNE_TRY(const auto saved,
               experiments_of(call).put(call.tenant(), new_definition_id(call), body, change));
    ATTUNE_TRY(const auto warnings, warnings_of(call, saved));
    return created_answer(kNames, saved, "/api/v1/experiments", warnings);
}

Result<http::Answer> get_experiment(const Call& call) {
    ATTUNE_TRY(const auto found,
               still_there(experiments_of(call).get(call.tenant(), id_in(call)), "experiment"));
    return shown(call, 200, found);
}

Result<http::Answer> put_experiment(const Call& call) {
    ATTUNE_TRY(const auto body, definition_body(call, kNames));
    ATTUNE_TRY(const auto change, change_of(call));
    ATTUNE_TRY(const auto saved,
               experiments_of(call).put(call.tenant(), id_in(call), body, change));
    return shown(call, saved_status(saved), saved);
}

Result<http::Answer> delete_experiment(const Call& call) {
    ATTUNE_TRY(const auto change, change_of(call));
    ATTUNE_TRY_VOID(experiments_of(call).remove(call.tenant(), id_in(call), change));
    return http::Answer{http::Response::json(204, {})};
}

Result<http::Answer> experiment_history(const Call& call) {
    ATTUNE_TRY(const auto found, experiments_of(call).get(call.tenant(), id_in(call)));
    return history_answer(found);
}

// A body is not needed: what is left out has nothing to say.
template <class T>
Result<T> body_or_nothing(const Call& call) {
    if (call.request.body.empty()) return T{};
    return base::from_json<T>(call.request.body);
}

// From a draft: what it measures cannot be taken back later.
Result<void> check_what_it_measures(const Call& call) {
    const auto found = experiments_of(call).get(call.tenant(), id_in(call));
    if (!found || found->is_removed()) return {};
    const auto draft = base::from_json<domain::Experiment>(found->now().body.text());
    if (!draft || draft->status != domain::ExperimentStatus::draft) return {};
    ATTUNE_TRY(const auto heard, call.services.engine.event_names().heard(call.tenant()));
    return engine::check_events(*draft, *heard);
}

Result<http::Answer> start_experiment(const Call& call) {
    ATTUNE_TRY(const auto wanted, body_or_nothing<wire::Start>(call));
    ATTUNE_TRY(const auto change, change_of(call, wanted.note));
    if (!wanted.allow_unknown_events) ATTUNE_TRY_VOID(check_what_it_measures(call));
    ATTUNE_TRY(const auto saved, experiments_of(call).start(call.tenant(), id_in(call), change));
    call.services.engine.questions().watch(call.tenant());
    call.services.engine.bandits().watch(call.tenant());
    return shown(call, 200, saved);
}

Result<http::Answer> pause_experiment(const Call& call) {
    ATTUNE_TRY(const auto wanted, body_or_nothing<wire::Note>(call));
    ATTUNE_TRY(const auto change, change_of(call, wanted.note));
    ATTUNE_TRY(const auto saved, experiments_of(call).pause(call.tenant(), id_in(call), change));
    return shown(call, 200, saved);
}

Result<http::Answer> conclude_experiment(const Call& call) {
    ATTUNE_TRY(auto wanted, body_or_nothing<wire::Conclusion>(call));
    ATTUNE_TRY(const auto change, change_of(call, wanted.note));
    ATTUNE_TRY(const auto saved, experiments_of(call).conclude(call.tenant(), id_in(call),
                                                               std::move(wanted.winner), change));
    return shown(call, 200, saved);
}

Result<http::Answer> revert_experiment(const Call& call) {
    ATTUNE_TRY(const auto wanted, base::from_json<wire::Revert>(call.request.body));
    ATTUNE_TRY(auto change, change_of(call, wanted.note));
    ATTUNE_TRY(const auto saved, experiments_of(call).revert(call.tenant(), id_in(call),
                                                             wanted.version, std::move(change)));
    return shown(call, 200, saved);
}

Result<http::Answer> experiment_results(const Call& call) {
    const bool by_segment = call.request.query_param("by").has_value();
    ATTUNE_TRY(auto results, call.services.engine.experiment_reader().results(
                                 call.tenant(), id_in(call), by_segment));
    ATTUNE_TRY_VOID(call.services.engine.bandits().tell(call.tenant(), results));
    return json_answer(200, base::to_json(results));
}

Result<http::Answer> experiment_power(const Call& call) {
    ATTUNE_TRY(const auto body, trial_body(call, kNames));
    ATTUNE_TRY(auto definition, base::from_json<domain::Experiment>(body.text()));
    ATTUNE_TRY(const auto compiled,
               engine::CompiledExperiment::compile("power", 0, std::move(definition)));
    ATTUNE_TRY(const auto need, engine::units_needed(compiled->definition));
    return json_answer(200, base::to_json(need));
}

std::string schema_of_experiment(base::SchemaSet& schemas) {
    return definition_schema(kNames, schemas.ref<domain::Experiment>(), kWarningsSchema);
}

std::string schema_of_experiments(base::SchemaSet& schemas) {
    return page_schema(schema_of_experiment(schemas));
}

constexpr std::string_view kExample =
    R"({"name":"Blue button","hypothesis":"Blue is seen sooner","layer":"checkout","traffic":0.5,"variants":[{"name":"control","weight":0.5},{"name":"blue","weight":0.5,"config":{"ui":{"button":"blue"}}}],"metrics":[{"name":"bought","role":"primary","kind":"conversion","event":"purchase"},{"name":"errors","role":"guardrail","kind":"conversion","event":"error","lower_is_better":true}],"minimum_effect":0.1,"plan":{"baseline_mean":0.08}})";

constexpr Param kListParams[] = {
    {.name = "status", .doc = "Only those.", .one_of = "draft, running, paused, concluded"},
    kPageLimit,
    kPageCursor};
constexpr Reply kListReplies[] = {{200, "A page of experiments, by id.", schema_of_experiments}};
constexpr Reply kMadeReplies[] = {{201, "The draft as it was saved.", schema_of_experiment}};
constexpr Reply kShownReplies[] = {{200, "The experiment.", schema_of_experiment}};
constexpr Reply kPutReplies[] = {{200, "The experiment as it was saved.", schema_of_experiment},
                                 {201, "The same; it is new.", schema_of_experiment}};
constexpr Reply kGoneReplies[] = {
    {204, "It is gone. Its history stays, and its id is not used again."}};
constexpr Reply kHistoryReplies[] = {
    {200, "Its versions, newest first.", schema_of_list<wire::Revision>}};
constexpr Param kResultParams[] = {
    {.name = "by",
     .doc = "segment: also by the segments that units were in at their first exposure.",
     .one_of = "segment"}};
constexpr Reply kResultReplies[] = {
    {200, "What it has shown so far, down to the counts.", schema_of<engine::ExperimentResults>}};
constexpr Reply kPowerReplies[] = {
    {200, "How many units it needs.", schema_of<engine::ExperimentNeed>}};

constexpr Route kRoutes[] = {
    {.method = http::Method::get,
     .pattern = "/api/v1/experiments",
     .id = "list_experiments",
     .tag = "experiments",
     .summary = "The experiments",
     .access = Access::of_tenant(kAnalysts),
     .handler = list_experiments,
     .query = kListParams,
     .replies = kListReplies,
     .waits = true},
    {.method = http::Method::post,
     .pattern = "/api/v1/experiments",
     .id = "create_experiment",
     .tag = "experiments",
     .summary = "Save a new draft",
     .access = Access::of_tenant(kAdmins),
     .handler = create_experiment,
     .body = {schema_of_experiment, "The experiment.", kExample},
     .replies = kMadeReplies,
     .waits = true},
    {.method = http::Method::post,
     .pattern = "/api/v1/experiments:power",
     .id = "experiment_power",
     .tag = "experiments",
     .summary = "How many units an experiment needs, without saving it",
     .access = Access::of_tenant(kAnalysts),
     .handler = experiment_power,
     .body = {schema_of_experiment, "The experiment, with minimum_effect and plan.", kExample},
     .replies = kPowerReplies,
     .idempotent = false},
    {.method = http::Method::get,
     .pattern = "/api/v1/experiments/{experiment_id}",
     .id = "get_experiment",
     .tag = "experiments",
     .summary = "An experiment",
     .access = Access::of_tenant(kAnalysts),
     .handler = get_experiment,
     .replies = kShownReplies,
     .waits = true},
    {.method = http::Method::put,
     .pattern = "/api/v1/experiments/{experiment_id}",
     .id = "put_experiment",
     .tag = "experiments",
     .summary = "Save an experiment under an id",
     .access = Access::of_tenant(kAdmins),
     .handler = put_experiment,
     .body = {schema_of_experiment, "All of the experiment.", kExample},
     .replies = kPutReplies,
     .description = "Once started, it takes new words, overrides, further metrics and, of persons, "
                    "weights. With If-Match, only when it is still at that version.",
     .waits = true,
     .conditional = true},
    {.method = http::Method::del,
     .pattern = "/api/v1/experiments/{experiment_id}",
     .id = "delete_experiment",
     .tag = "experiments",
     .summary = "Remove a draft or what is concluded",
     .access = Access::of_tenant(kAdmins),
     .handler = delete_experiment,
     .replies = kGoneReplies,
     .waits = true,
     .conditional = true},
    {.method = http::Method::get,
     .pattern = "/api/v1/experiments/{experiment_id}/history",
     .id = "experiment_history",
     .tag = "experiments",
     .summary = "What an experiment was, and who changed it when",
     .access = Access::of_tenant(kAnalysts),
     .handler = experiment_history,
     .replies = kHistoryReplies},
    {.method = http::Method::get,
     .pattern = "/api/v1/experiments/{experiment_id}/results",
     .id = "experiment_results",
     .tag = "experiments",
     .summary = "What an experiment has shown so far",
     .access = Access::of_tenant(kAnalysts),
     .handler = experiment_results,
     .query = kResultParams,
     .replies = kResultReplies,
     .description = "The sequential intervals hold however often somebody looks. `is_current` is "
                    "false while the log is still being read.",
     .waits = true},
    {.method = http::Method::post,
     .pattern = "/api/v1/experiments/{experiment_id}:start",
     .id = "start_experiment",
     .tag = "experiments",
     .summary = "Start a draft, or go on after a pause",
     .access = Access::of_tenant(kAdmins),
     .handler = start_experiment,
     .body = {.schema = schema_of<wire::Start>,
              .doc = "Why.",
              .example = R"({"note":"reviewed by the shop team"})",
              .required = false},
     .replies = kShownReplies,
     .waits = true,
     .conditional = true},
    {.method = http::Method::post,
     .pattern = "/api/v1/experiments/{experiment_id}:pause",
     .id = "pause_experiment",
     .tag = "experiments",
     .summary = "Give nobody anything for now",
     .access = Access::of_tenant(kAdmins),
     .handler = pause_experiment,
     .body = {.schema = schema_of<wire::Note>,
              .doc = "Why.",
              .example = R"({"note":"the shop is closed"})",
              .required = false},
     .replies = kShownReplies,
     .waits = true,
     .conditional = true},
    {.method = http::Method::post,
     .pattern = "/api/v1/experiments/{experiment_id}:conclude",
     .id = "conclude_experiment",
     .tag = "experiments",
     .summary = "End an experiment for good",
     .access = Access::of_tenant(kAdmins),
     .handler = conclude_experiment,
     .body = {.schema = schema_of<wire::Conclusion>,
              .doc = "What was learned.",
              .example = R"({"winner":"blue"})",
              .required = false},
     .replies = kShownReplies,
     .waits = true,
     .conditional = true},
    {.method = http::Method::post,
     .pattern = "/api/v1/experiments/{experiment_id}:revert",
     .id = "revert_experiment",
     .tag = "experiments",
     .summary = "Make a draft what it was",
     .access = Access::of_tenant(kAdmins),
     .handler = revert_experiment,
     .body = {schema_of<wire::Revert>, "To which version.", R"({"version":1})"},
     .replies = kShownReplies,
     .description = "Once it was started, what an experiment was cannot come back under the people "
                    "who take part.",
     .waits = true,
     .conditional = true},
};

}  // namespace

std::span<const Route> experiment_routes() { return kRoutes; }

}  // namespace attune::api
