#include "app/commands.h"
#include "app/report.h"
#include "app/workplace.h"

#include <filesystem>

namespace attune::app {

namespace {

int run_restore(const Invocation& invocation, Console& console) {
    const auto restored = [&]() -> Result<store::VerifyReport> {
        ATTUNE_TRY(const auto number, invocation.number("number", 1, UINT32_MAX));
        ATTUNE_TRY(const auto loaded, load_settings(invocation.sources));
        if (!loaded.origins.contains("data_dir")) {
            return fail(Code::invalid_argument,
                        "say where to restore to: --data-dir DIRECTORY, one that is not there yet");
        }
        std::error_code error;
        std::filesystem::create_directories(loaded.settings.data_dir, error);
        if (error)
            return fail(Code::invalid_argument, loaded.settings.data_dir + ": " + error.message());
        std::filesystem::permissions(loaded.settings.data_dir, std::filesystem::perms::owner_all,
                                     error);
        // Of what was there before, if anything.
        std::filesystem::remove_all(engine::checkpoint_directory(loaded.settings.data_dir), error);
        return store::restore(*invocation.text("BACKUP"), number,
                              engine::store_directory(loaded.settings.data_dir));
    }();
    if (!restored) {
        console.fail_with(restored.error());
        return exit_code_of(restored.error());
    }
    return report_verification(console, *restored, "restored");
}

}  // namespace

const Command kRestore{
    .name = "restore",
    .summary = "Makes a new data directory out of a backup.",
    .manual =
        "The directory named by --data-dir must be empty or not there. People who were erased "
        "after the backup was "
        "made are erased again. The result is verified before the command ends.",
    .arguments = {{.name = "BACKUP", .doc = "Directory that `attune backup` wrote to."}},
    .options = {{.name = "number", .value = "N", .doc = "Which backup; the newest when left out."}},
    .settings = TakesSettings::engine,
    .run = &run_restore};

}  // namespace attune::app
