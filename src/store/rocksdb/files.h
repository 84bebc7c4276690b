// Files and directories as a store needs them: whole reads, durable writes, one lock per directory.
#pragma once

#include "base/result.h"

#include <memory>
#include <string>
#include <string_view>

namespace attune::store::rocks {

// "cannot open '/x/y': No such file or directory"; ENOSPC is resource_exhausted, the rest unavailable.
[[nodiscard]] std::unexpected<Error> file_error(std::string_view doing, std::string_view path,
                                                int error);

[[nodiscard]] bool exists(const std::string& path);
[[nodiscard]] Result<std::string> read_file(const std::string& path);
// All of it is on disk under its name, or nothing is: written beside, synced, renamed, directory synced.
[[nodiscard]] Result<void> write_file_durably(const std::string& path, std::string_view bytes);
[[nodiscard]] Result<void> sync_directory(const std::string& path);
// With everything above it.
[[nodiscard]] Result<void> make_directory(const std::string& path);
// True also for one that does not exist.
[[nodiscard]] bool is_empty_directory(const std::string& path);

// Held until destroyed; released by the kernel when the process dies. failed_precondition when
// another process (or another store of this one) holds it.
[[nodiscard]] Result<std::shared_ptr<void>> lock_directory(const std::string& directory);

}  // namespace attune::store::rocks
