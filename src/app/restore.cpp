#include "app/commands.h"
#include "app/report.h"
#include "app/workplace.h"

#include <filesystem>
#include <vector>

namespace attune::app {

namespace {

namespace fs = std::filesystem;

// A directory that is made for what may turn out not to be there. Goes again, with the parents that were made for it, unless
// it is kept or something is in it.
class MadeDirectory {
public:
    [[nodiscard]] Result<void> make(const fs::path& path) {
        std::error_code error;
        for (fs::path at = fs::absolute(path, error); !fs::exists(at, error); at = at.parent_path())
            made_.push_back(at);
        fs::create_directories(path, error);
        if (error) return fail(Code::invalid_argument, path.string() + ": " + error.message());
        fs::permissions(path, fs::perms::owner_all, error);
        return {};
    }
    ~MadeDirectory() {
        std::error_code error;
        for (const fs::path& path : made_) fs::remove(path, error);  // what is not empty stays
    }
    void keep() { made_.clear(); }

    MadeDirectory() = default;
    MadeDirectory(const MadeDirectory&) = delete;
    MadeDirectory& operator=(const MadeDirectory&) = delete;

private:
    std::vector<fs::path> made_;  // the deepest first
};

Result<store::VerifyReport> restore(const Invocation& invocation) {
    ATTUNE_TRY(const auto number, invocation.number("number", 1, UINT32_MAX));
    ATTUNE_TRY(const auto loaded, load_settings(invocation.sources));
    if (!loaded.origins.contains("data_dir")) {
        return fail(Code::invalid_argument,
                    "say where to restore to: --data-dir DIRECTORY, one that is not there yet");
    }
    const std::string& data_dir = loaded.settings.data_dir;
    const std::string store = engine::store_directory(data_dir);
    MadeDirectory directory;
    ATTUNE_TRY_VOID(directory.make(data_dir));
    // Of what was there before, if anything: not of data that stays because nothing is restored over it.
    std::error_code error;
    if (!fs::exists(store, error) || fs::is_empty(store, error))
        fs::remove_all(engine::checkpoint_directory(data_dir), error);
    ATTUNE_TRY(auto report, store::restore(*invocation.text("BACKUP"), number, store));
    directory.keep();
    // Tokens that were signed since are not in it, nor whether they were revoked.
    if (report.problems.empty()) {
        ATTUNE_TRY(const auto restored, store::open_rocksdb({.directory = store}));
        ATTUNE_TRY_VOID(engine::end_tokens(*restored, base::SystemClock().now()));
    }
    return report;
}

int run_restore(const Invocation& invocation, Console& console) {
    const auto restored = restore(invocation);
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
        "made are erased again. Persons' tokens and the addresses of flag clients that were signed "
        "before no longer hold. The result is verified before the command ends.",
    .arguments = {{.name = "BACKUP", .doc = "Directory that `attune backup` wrote to."}},
    .options = {{.name = "number", .value = "N", .doc = "Which backup; the newest when left out."}},
    .settings = TakesSettings::engine,
    .run = &run_restore};

}  // namespace attune::app
