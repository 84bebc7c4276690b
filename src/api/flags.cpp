// /flags: feature flags as flagd defines them, one by one or as a file, and their history.
#include "engine/flags/flags.h"
#include "api/circumstances.h"
#include "api/definition_answers.h"
#include "api/query.h"
#include "api/routes.h"
#include "api/schema.h"
#include "domain/describe_flag.h"

#include <utility>

namespace attune::api {

namespace {

engine::Flags& flags_of(const Call& call) { return call.services.engine.flags(); }

std::string_view key_in(const Call& call) { return call.request.param("key"); }

constexpr DefinitionNames kNames{.id = "key", .there = [](const Call& call) {
                                     return flags_of(call).get(call.tenant(), key_in(call));
                                 }};

// What flags share are objects of members by any name, "version" too: they are shown beside what is known of them.
bool is_shared(std::string_view key) {
    return key == engine::Flags::kEvaluators || key == engine::Flags::kMetadata;
}

std::string shown(const engine::Definition& flag, std::span<const std::string> warnings = {}) {
    if (!is_shared(flag.id)) return definition_json(kNames, flag, warnings);
    ObjectText object;
    object.add_string("key", flag.id);
    object.add("value", flag.now().body);
    object.add("version", std::to_string(flag.now().version));
    if (!warnings.empty())
        object.add("warnings",
                   base::to_json(std::vector<std::string>(warnings.begin(), warnings.end())));
    return std::string(std::move(object).finish().text());
}

Result<std::vector<std::string>> warnings_of(const Call& call, std::string_view key) {
    ATTUNE_TRY(const auto set, flags_of(call).of(call.tenant()));
    const engine::Flag* const flag = set->find(key);
    const bool are_evaluators = key == engine::Flags::kEvaluators;
    if (flag == nullptr && !are_evaluators) return std::vector<std::string>{};
    ATTUNE_TRY(const Circumstances around, circumstances_of(call));
    if (are_evaluators) return engine::evaluator_warnings(*set, around.view());
    return engine::flag_warnings(*flag, around.view());
}

// With their places in the file.
Result<std::vector<std::string>> warnings_of_file(const Call& call,
                                                  const engine::FlagsLoaded& loaded) {
    ATTUNE_TRY(const auto set, flags_of(call).of(call.tenant()));
    ATTUNE_TRY(const Circumstances around, circumstances_of(call));
    engine::WarningsByPlace warnings{.all = engine::flag_file_warnings(loaded.unknown_members)};
    if (loaded.has_evaluators)
        warnings.add(engine::Flags::kEvaluators, engine::evaluator_warnings(*set, around.view()));
    for (const std::string& key : loaded.keys)
        if (const engine::Flag* const flag = set->find(key))
            warnings.add("flags", key, engine::flag_warnings(*flag, around.view()));
    return std::move(warnings.all);
}

Result<http::Answer> answer_of(const Call& call, unsigned status, const engine::Definition& flag) {
    ATTUNE_TRY(const auto warnings, warnings_of(call, flag.id));
    http::Answer answer = definition_answer(status, kNames, flag);
    answer.response.body = shown(flag, warnings);
    return answer;
}

Result<http::Answer> list_flags(const Call& call) {
    ATTUNE_TRY(const auto all, flags_of(call).list(call.tenant()));
    return page_answer(
        call, *all, [](const engine::Definition&) { return true; },
        [](const engine::Definition& flag) { return shown(flag); });
}

Result<http::Answer> get_flag(const Call& call) {
    ATTUNE_TRY(const auto found,
               still_there(flags_of(call).get(call.tenant(), key_in(call)), "flag"));
    return answer_of(call, 200, found);
}

Result<http::Answer> put_flag(const Call& call) {
    ATTUNE_TRY(auto body, is_shared(key_in(call)) ? base::JsonText::parse(call.request.body)
                                                  : definition_body(call, kNames));
    ATTUNE_TRY(const auto change, change_of(call));
    ATTUNE_TRY(const auto saved,
               flags_of(call).put(call.tenant(), key_in(call), std::move(body), change));
    return answer_of(call, saved_status(saved), saved);
}

Result<http::Answer> delete_flag(const Call& call) {
    ATTUNE_TRY(const auto change, change_of(call));
    ATTUNE_TRY_VOID(flags_of(call).remove(call.tenant(), key_in(call), change));
    return http::Answer{http::Response::json(204, {})};
}

Result<http::Answer> flag_history(const Call& call) {
    ATTUNE_TRY(const auto found, flags_of(call).get(call.tenant(), key_in(call)));
    return history_answer(found);
}

Result<http::Answer> revert_flag(const Call& call) {
    ATTUNE_TRY(const auto wanted, base::from_json<wire::Revert>(call.request.body));
    ATTUNE_TRY(auto change, change_of(call, wanted.note));
    ATTUNE_TRY(const auto saved, flags_of(call).revert(call.tenant(), key_in(call), wanted.version,
                                                       std::move(change)));
    return answer_of(call, 200, saved);
}

Result<http::Answer> load_flags(const Call& call) {
    ATTUNE_TRY(const auto change, change_of(call));
    ATTUNE_TRY(const auto loaded, flags_of(call).load(call.tenant(), call.request.body, change));
    ATTUNE_TRY(const auto warnings, warnings_of_file(call, loaded));
    ObjectText answer;
    answer.add("saved", std::to_string(loaded.saved));
    answer.add("unchanged", std::to_string(loaded.unchanged));
    answer.add("warnings", base::to_json(warnings));
    return json_answer(200, std::string(std::move(answer).finish().text()));
}

std::string flag_schema(base::SchemaSet& schemas) {
    return R"({"type":"object","properties":{"state":{"enum":["ENABLED","DISABLED"]},"variants":{"type":"object","minProperties":1},)"
           R"("defaultVariant":{"type":["string","null"]},"targeting":{"type":"object"},"metadata":{"type":"object"},)"
           R"("prerequisites":{"type":"array","items":{"type":"object","properties":{"flag":{"type":"string"},)"
           R"("variants":{"type":"array","items":{"type":"string"}}},"required":["flag","variants"]}},"schedule":)" +
           schemas.ref<domain::Schedule>() + R"(,"rollout":)" + schemas.ref<domain::Rollout>() +
           "," + std::string(kWarningsSchema) + R"(},"required":["state","variants"]})";
}

std::string flags_schema(base::SchemaSet& schemas) { return page_schema(flag_schema(schemas)); }

std::string file_schema(base::SchemaSet&) {
    return R"({"type":"object","properties":{"flags":{"type":["object","array"]},"$evaluators":{"type":"object"},"metadata":{"type":"object"}},"required":["flags"]})";
}

std::string loaded_schema(base::SchemaSet&) {
    return R"({"type":"object","properties":{"saved":{"type":"integer"},"unchanged":{"type":"integer"},)" +
           std::string(kWarningsSchema) + R"(},"required":["saved","unchanged","warnings"]})";
}

constexpr std::string_view kExample =
    R"({"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"off","targeting":{"if":[{"==":[{"var":"country"},"CH"]},"on"]}})";
constexpr std::string_view kFileExample =
    R"({"flags":{"dark-mode":{"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"off"}}})";
constexpr Reply kListReplies[] = {{200, "A page of flags, by key.", flags_schema}};
constexpr Reply kShownReplies[] = {{200, "The flag.", flag_schema}};
constexpr Reply kPutReplies[] = {{200, "The flag as it was saved.", flag_schema},
                                 {201, "The same; it is new.", flag_schema}};
constexpr Reply kGoneReplies[] = {{204, "It is not in force any more. Its history stays."}};
constexpr Reply kHistoryReplies[] = {
    {200, "Its versions, newest first.", schema_of_list<wire::Revision>}};
constexpr Reply kLoadReplies[] = {{200, "How many were saved.", loaded_schema}};

constexpr Route kRoutes[] = {
    {.method = http::Method::get,
     .pattern = "/api/v1/flags",
     .id = "list_flags",
     .tag = "flags",
     .summary = "The flags",
     .access = Access::of_tenant(kAnalysts),
     .handler = list_flags,
     .query = kPaging,
     .replies = kListReplies,
     .waits = true},
    {.method = http::Method::post,
     .pattern = "/api/v1/flags:load",
     .id = "load_flags",
     .tag = "flags",
     .summary = "Save what a file of flagd holds",
     .access = Access::of_tenant(kAdmins),
     .handler = load_flags,
     .body = {file_schema, "The file.", kFileExample},
     .replies = kLoadReplies,
     .description =
         "Flags that the file does not name stay. A file that does not compile saves nothing.",
     .body_bytes_max = 8u << 20,
     .waits = true},
    {.method = http::Method::get,
     .pattern = "/api/v1/flags/{key}",
     .id = "get_flag",
     .tag = "flags",
     .summary = "A flag",
     .access = Access::of_tenant(kAnalysts),
     .handler = get_flag,
     .replies = kShownReplies,
     .waits = true},
    {.method = http::Method::put,
     .pattern = "/api/v1/flags/{key}",
     .id = "put_flag",
     .tag = "flags",
     .summary = "Save a flag",
     .access = Access::of_tenant(kAdmins),
     .handler = put_flag,
     .body = {flag_schema, "The flag, as flagd defines it.", kExample},
     .replies = kPutReplies,
     .description = "The keys $evaluators and $metadata are what all flags share. With If-Match, "
                    "only when the flag is still at that version.",
     .waits = true,
     .conditional = true},
    {.method = http::Method::del,
     .pattern = "/api/v1/flags/{key}",
     .id = "delete_flag",
     .tag = "flags",
     .summary = "Remove a flag",
     .access = Access::of_tenant(kAdmins),
     .handler = delete_flag,
     .replies = kGoneReplies,
     .waits = true,
     .conditional = true},
    {.method = http::Method::get,
     .pattern = "/api/v1/flags/{key}/history",
     .id = "flag_history",
     .tag = "flags",
     .summary = "What a flag was, and who changed it when",
     .access = Access::of_tenant(kAnalysts),
     .handler = flag_history,
     .replies = kHistoryReplies},
    {.method = http::Method::post,
     .pattern = "/api/v1/flags/{key}:revert",
     .id = "revert_flag",
     .tag = "flags",
     .summary = "Make a flag what it was",
     .access = Access::of_tenant(kAdmins),
     .handler = revert_flag,
     .body = {schema_of<wire::Revert>, "To which version.", R"({"version":1})"},
     .replies = kShownReplies,
     .waits = true,
     .conditional = true},
};

}  // namespace

std::span<const Route> flag_routes() { return kRoutes; }

}  // namespace attune::api
