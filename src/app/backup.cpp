#include "app/commands.h"
#include "app/remote.h"
#include "app/workplace.h"
#include "base/json.h"
#include "http/text.h"

#include <chrono>
#include <thread>

namespace attune::app {

namespace {

// A running server copies itself; its key is root's, and its backup_dir says where it may.
Result<std::uint64_t> back_up_server(const Invocation& invocation, const std::string& directory) {
    ATTUNE_TRY(auto remote, Remote::connect(invocation));
    std::string body = R"({"directory":)" + base::to_json(directory) + "}";
    ATTUNE_TRY_VOID(remote->post("/api/v1/backups", std::move(body)));
    while (true) {
        std::this_thread::sleep_for(std::chrono::milliseconds(200));
        ATTUNE_TRY(const auto text,
                   remote->get("/api/v1/backups?directory=" + http::percent_encoded(directory)));
        ATTUNE_TRY(const auto document, base::JsonDocument::parse(text));
        const auto root = document.root();
        const auto running = root.find("running");
        if (running && running->as_bool().value_or(false)) continue;
        if (const auto error = root.find("last_error")) {
            return fail(Code::internal,
                        std::string(error->as_string().value_or("The backup failed.")));
        }
        const auto number = root.find("last_number");
        return number ? number->as_uint64().value_or(0) : 0;
    }
}

int run_backup(const Invocation& invocation, Console& console) {
    auto keep = invocation.number("keep", 1, 100'000);
    if (!keep) {
        console.fail_with(keep.error());
        return kExitUsage;
    }
    const std::string directory = *invocation.text("DIRECTORY");
    const auto made = [&]() -> Result<std::uint64_t> {
        if (invocation.has("url")) return back_up_server(invocation, directory);
        ATTUNE_TRY(auto place, Workplace::open(invocation));
        ATTUNE_TRY(const auto number, place->engine().store().backup(directory));
        if (*keep) ATTUNE_TRY_VOID(store::prune_backups(directory, **keep));
        ATTUNE_TRY_VOID(place->close());
        return number;
    }();
    if (!made) {
        console.fail_with(made.error());
        return exit_code_of(made.error());
    }
    console.write_line(std::to_string(*made));
    console.say("backup " + std::to_string(*made) + " is in " + directory);
    return kExitDone;
}

}  // namespace

const Command kBackup{
    .name = "backup",
    .summary =
        "Copies the data directory; later backups into the same place share what did not change.",
    .manual =
        "Prints the number of the backup. With --url the server does it while it serves, below its "
        "`backup_dir`, with root's key in ATTUNE_KEY; without, nobody may have the data open. "
        "Check it with `attune verify DIRECTORY`, bring it back "
        "with `attune "
        "restore`.",
    .arguments = {{.name = "DIRECTORY",
                   .doc = "Where backups are kept; made when it is not there."}},
    .options = {url_option(),
                {.name = "keep",
                 .value = "N",
                 .doc = "Remove all but the newest N backups afterwards."}},
    .settings = TakesSettings::engine,
    .run = &run_backup};

}  // namespace attune::app
