#include "app/commands.h"
#include "app/report.h"
#include "app/workplace.h"

#include <filesystem>

namespace attune::app {

namespace {

// A data directory keeps its store beneath it; whoever names the store itself means the same.
Result<store::VerifyReport> verify(const std::string& path) {
    std::error_code error;
    if (!std::filesystem::is_directory(path, error))
        return fail(Code::not_found, path + " is no directory");
    if (std::filesystem::exists(engine::store_directory(path), error))
        return store::verify_directory(engine::store_directory(path));
    if (std::filesystem::exists(path + "/MARK", error)) return store::verify_directory(path);
    return store::verify_backup(path);
}

int run_verify(const Invocation& invocation, Console& console) {
    auto report = [&]() -> Result<store::VerifyReport> {
        if (const auto path = invocation.text("DIRECTORY")) return verify(*path);
        ATTUNE_TRY(const auto loaded, load_settings(invocation.sources));
        return verify(loaded.settings.data_dir);
    }();
    if (!report) {
        console.fail_with(report.error());
        return exit_code_of(report.error());
    }
    return report_verification(console, *report, "verified");
}

}  // namespace

const Command kVerify{
    .name = "verify",
    .summary =
        "Reads everything in a data directory or a backup and says what is missing or damaged.",
    .manual =
        "Changes nothing. Exit code 1 when something is wrong. A data directory must not be open.",
    .arguments = {{.name = "DIRECTORY",
                   .doc = "A data directory or a directory of backups; the configured data "
                          "directory when left out.",
                   .required = false}},
    .settings = TakesSettings::engine,
    .run = &run_verify};

}  // namespace attune::app
