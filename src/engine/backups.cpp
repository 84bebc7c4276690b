#include "engine/backups.h"

#include <filesystem>
#include <utility>

namespace attune::engine {

namespace fs = std::filesystem;

Backups::Backups(store::Store& store, std::string root) : store_(store), root_(std::move(root)) {}

Backups::~Backups() {
    std::thread last;
    {
        base::MutexLock lock(mutex_);
        last = std::move(thread_);
    }
    if (last.joinable()) last.join();
}

Result<std::string> Backups::resolve(std::optional<std::string_view> directory) const {
    if (root_.empty()) {
        return fail(Code::failed_precondition,
                    "No directory for backups is configured: set backup_dir.", "no_backup_dir");
    }
    // Links are followed before the comparison, so that none leads out.
    std::error_code wrong;
    const fs::path root = fs::weakly_canonical(root_, wrong);
    if (wrong) return fail(Code::internal, "The configured backup_dir cannot be looked at.");
    if (!directory || directory->empty()) return root.string();
    if (directory->find('\0') != std::string_view::npos || directory->size() > 1'024) {
        return fail_field("/directory", "must be a path of at most 1,024 bytes without U+0000");
    }
    const fs::path wanted = fs::weakly_canonical(root / fs::path(*directory), wrong);
    const fs::path below = wrong ? fs::path() : wanted.lexically_relative(root);
    if (below.empty() || *below.begin() == "..") {
        return fail_field("/directory", "must be the configured backup_dir or lie below it");
    }
    return wanted.string();
}

Result<Backups::Started> Backups::start(std::optional<std::string_view> directory) {
    ATTUNE_TRY(std::string target, resolve(directory));
    base::MutexLock lock(mutex_);
    if (status_.running) {
        return fail(Code::failed_precondition, "A backup is being made; wait for it to end.",
                    "backup_running");
    }
    // Its thread has done all but end.
    if (thread_.joinable()) thread_.join();
    status_.running = true;
    base::TicketIssuer issuer;
    Started started{target, issuer.ticket()};
    thread_ = std::thread(
        [this, target, issuer = std::move(issuer)]() mutable { run(target, std::move(issuer)); });
    return started;
}

void Backups::run(const std::string& directory, base::TicketIssuer issuer) {
    const auto made = store_.backup(directory);
    {
        base::MutexLock lock(mutex_);
        status_.running = false;
        status_.last_error.reset();
        if (made) {
            status_.last_number = *made;
        } else {
            status_.last_error = made.error().message;
        }
    }
    issuer.complete(made ? Result<void>() : std::unexpected(made.error()));
}

Backups::Status Backups::status() const {
    base::MutexLock lock(mutex_);
    return status_;
}

Result<std::vector<store::BackupInfo>> Backups::list(
    std::optional<std::string_view> directory) const {
    ATTUNE_TRY(const std::string target, resolve(directory));
    std::error_code wrong;
    if (!fs::exists(target, wrong)) return std::vector<store::BackupInfo>();
    return store::list_backups(target);
}

}  // namespace attune::engine
