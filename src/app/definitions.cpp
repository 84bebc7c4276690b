#include "app/commands.h"
#include "app/remote.h"
#include "app/workplace.h"
#include "base/disk.h"
#include "base/json.h"
#include "engine/blueprint/describe.h"

namespace attune::app {

namespace {

constexpr std::size_t kFileBytesMax = 8u << 20;  // as the server takes it

Result<std::string> file_in_force(const Invocation& invocation) {
    if (invocation.has("url")) {
        ATTUNE_TRY(auto remote, Remote::connect(invocation));
        return remote->get("/api/v1/definitions");
    }
    ATTUNE_TRY(auto place, Workplace::open(invocation));
    ATTUNE_TRY(const auto tenant, place->tenant(invocation));
    ATTUNE_TRY(const auto file, place->engine().blueprint().read(tenant));
    return std::string(file.text());
}

Result<std::string> apply(const Invocation& invocation) {
    base::PosixDisk disk;
    ATTUNE_TRY(auto file, base::read_file(disk, *invocation.text("FILE"), kFileBytesMax));
    const bool dry_run = invocation.has("dry-run");
    const bool prune = invocation.has("prune");
    if (invocation.has("url")) {
        ATTUNE_TRY(auto remote, Remote::connect(invocation));
        return remote->post(std::string("/api/v1/definitions:apply?dry_run=") +
                                (dry_run ? "true" : "false") +
                                "&prune=" + (prune ? "true" : "false"),
                            std::move(file));
    }
    ATTUNE_TRY(auto place, Workplace::open(invocation));
    ATTUNE_TRY(const auto tenant, place->tenant(invocation));
    ATTUNE_TRY(const auto plan,
               place->engine().blueprint().apply(tenant, file, {.dry_run = dry_run, .prune = prune},
                                                 {.by = "cli", .note = {}, .expected = {}}));
    ATTUNE_TRY_VOID(place->close());
    return base::to_json(plan);
}

int run_export(const Invocation& invocation, Console& console) {
    return answer_line(console, file_in_force(invocation));
}
int run_apply(const Invocation& invocation, Console& console) {
    return answer_line(console, apply(invocation));
}

}  // namespace

const Command kDefinitionsExport{
    .name = "definitions export",
    .summary =
        "Prints a tenant's segments, experiments, rules, placements and flags as one JSON file.",
    .manual =
        "For version control: `definitions apply` takes it back. What the server writes into "
        "experiments is left out, and so are those that are concluded.",
    .options = {tenant_option(), url_option()},
    .settings = TakesSettings::engine,
    .run = &run_export};

const Command kDefinitionsApply{
    .name = "definitions apply",
    .summary = "Makes segments, experiments, rules, placements and flags what a file says.",
    .manual =
        "Prints what was changed, as JSON, with `warnings` of what comes to nothing: segments and "
        "items that there are not, events that were never sent. A file that contradicts itself, or "
        "what stays, changes nothing; a file of flagd will do. Experiments are saved as drafts: "
        "a file starts, ends and removes none.",
    .arguments = {{.name = "FILE", .doc = "As `definitions export` prints it."}},
    .options = {{.name = "dry-run",
                 .value = {},
                 .doc = "Say what would change, and whether it could, and change nothing."},
                {.name = "prune",
                 .value = {},
                 .doc = "Remove what the file does not name, of the kinds that it names."},
                tenant_option(),
                url_option()},
    .settings = TakesSettings::engine,
    .run = &run_apply};

}  // namespace attune::app
