// Files that hold a secret: readable by their owner alone, or refused.
#pragma once

#include "base/result.h"

#include <string>

namespace attune::app {

// failed_precondition when group or others may read the file, not_found when it is not there.
[[nodiscard]] Result<void> check_secret_file(const std::string& path);
// The file's first line.
[[nodiscard]] Result<std::string> read_secret_file(const std::string& path);

}  // namespace attune::app
