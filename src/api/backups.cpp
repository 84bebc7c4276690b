// /backups: copies of everything, made while the server serves. They hold all tenants, so they are root's alone.
#include "engine/backups.h"
#include "api/answers.h"
#include "api/call.h"
#include "api/routes.h"
#include "api/schema.h"
#include "api/wire.h"

#include <utility>

namespace attune::api {

namespace {

// Answered when it has begun: a large store takes longer than a request may.
Result<http::Answer> start_backup(const Call& call) {
    wire::NewBackup wanted;
    if (!call.request.body.empty()) {
        ATTUNE_TRY(wanted, base::from_json<wire::NewBackup>(call.request.body));
    }
    ATTUNE_TRY(auto started, call.services.engine.backups().start(wanted.directory));
    return http::Answer{
        http::Response::json(202, base::to_json(wire::BackupBegun{started.directory}))
            .with("Location", "/api/v1/backups")};
}

Result<http::Answer> show_backups(const Call& call) {
    auto& backups = call.services.engine.backups();
    // Before the list: what is said to be over must be in it.
    const auto status = backups.status();
    ATTUNE_TRY(const auto made, backups.list(call.request.query_param("directory")));
    wire::BackupStatus answer{status.running, status.last_number, status.last_error, {}};
    for (const auto& backup : made) {
        answer.items.push_back(
            {backup.number, backup.made_at, backup.last_sequence, backup.events, backup.bytes});
    }
    return json_answer(200, base::to_json(answer));
}

constexpr Param kDirectory[] = {
    {"directory", "Below the configured one, relative to it; that one, when left out."}};
constexpr Reply kBegunReplies[] = {
    {202, "It has begun; ask for the list to see it end.", schema_of<wire::BackupBegun>}};
constexpr Reply kListReplies[] = {{200, "The backups, oldest first, and whether one is being made.",
                                   schema_of<wire::BackupStatus>}};

constexpr Route kRoutes[] = {
    {.method = http::Method::post,
     .pattern = "/api/v1/backups",
     .id = "start_backup",
     .tag = "server",
     .summary = "Back up everything, while serving",
     .access = Access::of_root(),
     .handler = start_backup,
     .body = {schema_of<wire::NewBackup>,
              "Where to; may be left out.",
              R"({"directory":"nightly"})",
              {},
              false},
     .replies = kBegunReplies,
     .waits = true},
    {.method = http::Method::get,
     .pattern = "/api/v1/backups",
     .id = "list_backups",
     .tag = "server",
     .summary = "The backups, and whether one is being made",
     .access = Access::of_root(),
     .handler = show_backups,
     .query = kDirectory,
     .replies = kListReplies,
     .waits = true},
};

}  // namespace

std::span<const Route> backup_routes() { return kRoutes; }

}  // namespace attune::api
