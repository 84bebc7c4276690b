#include "app/commands.h"
#include "app/workplace.h"

namespace attune::app {

namespace {

int run_backup(const Invocation& invocation, Console& console) {
    auto keep = invocation.number("keep", 1, 100'000);
    if (!keep) {
        console.fail_with(keep.error());
        return kExitUsage;
    }
    const std::string directory = *invocation.text("DIRECTORY");
    const auto made = [&]() -> Result<std::uint64_t> {
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
        "Prints the number of the backup. Check it with `attune verify DIRECTORY`, bring it back "
        "with `attune "
        "restore`.",
    .arguments = {{.name = "DIRECTORY",
                   .doc = "Where backups are kept; made when it is not there."}},
    .options = {{.name = "keep",
                 .value = "N",
                 .doc = "Remove all but the newest N backups afterwards."}},
    .settings = TakesSettings::engine,
    .run = &run_backup};

}  // namespace attune::app
