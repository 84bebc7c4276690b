// /flags/{key}/rollout: where a rollout is, and letting one go on that was halted; /flags:stale: what may be cleaned up.
#include "api/definition_answers.h"
#include "api/routes.h"
#include "api/schema.h"
#include "api/wire_rollouts.h"

#include <charconv>
#include <chrono>

namespace attune::api {

namespace {

constexpr DefinitionNames kNames{.id = "key"};

Result<http::Answer> read_rollout(const Call& call) {
    ATTUNE_TRY(const auto report,
               call.services.engine.rollouts().report(call.tenant(), call.request.param("key")));
    return json_answer(200, base::to_json(report));
}

Result<http::Answer> resume_rollout(const Call& call) {
    ATTUNE_TRY(auto change, change_of(call));
    ATTUNE_TRY(const auto saved, call.services.engine.rollouts().resume(
                                     call.tenant(), call.request.param("key"), std::move(change)));
    return definition_answer(200, kNames, saved);
}

constexpr std::uint64_t kDaysDefault = 30;
constexpr std::uint64_t kDaysMax = 3'650;

Result<http::Answer> stale_flags(const Call& call) {
    wire::StaleFlags stale{.days = kDaysDefault, .known_since = {}, .items = {}};
    if (const auto given = call.request.query_param("days")) {
        const auto [end, error] =
            std::from_chars(given->data(), given->data() + given->size(), stale.days);
        if (error != std::errc() || end != given->data() + given->size() || stale.days == 0 ||
            stale.days > kDaysMax)
            return fail_field("?days", "must be from 1 to " + std::to_string(kDaysMax));
    }
    auto& flags = call.services.engine.flags();
    ATTUNE_TRY(stale.items, flags.stale(call.tenant(), std::chrono::days(stale.days)));
    ATTUNE_TRY(stale.known_since, flags.uses().known_since(call.tenant()));
    return json_answer(200, base::to_json(stale));
}

constexpr Param kStaleParams[] = {
    {"days", "For how long something must have been so; 30 when left out.", "integer"}};
constexpr Reply kStaleReplies[] = {
    {200, "Flags that may be cleaned up, by key.", schema_of<wire::StaleFlags>}};
constexpr Reply kReportReplies[] = {
    {200, "The share, and what the guardrails say.", schema_of<engine::RolloutReport>}};
constexpr Reply kResumedReplies[] = {{200, "The flag as it was saved."}};

constexpr Route kRoutes[] = {
    {.method = http::Method::get,
     .pattern = "/api/v1/flags:stale",
     .id = "stale_flags",
     .tag = "flags",
     .summary = "Flags that may be cleaned up, and why",
     .access = Access::of_tenant(kAnalysts),
     .handler = stale_flags,
     .query = kStaleParams,
     .replies = kStaleReplies,
     .waits = true},
    {.method = http::Method::get,
     .pattern = "/api/v1/flags/{key}/rollout",
     .id = "read_rollout",
     .tag = "flags",
     .summary = "Where a flag's rollout is, and what its guardrails say",
     .access = Access::of_tenant(kAnalysts),
     .handler = read_rollout,
     .replies = kReportReplies,
     .waits = true},
    {.method = http::Method::post,
     .pattern = "/api/v1/flags/{key}:resume",
     .id = "resume_rollout",
     .tag = "flags",
     .summary = "Let a rollout go on that was halted",
     .access = Access::of_tenant(kAdmins),
     .handler = resume_rollout,
     .replies = kResumedReplies,
     .waits = true,
     .conditional = true},
};

}  // namespace

std::span<const Route> rollout_routes() { return kRoutes; }

}  // namespace attune::api
