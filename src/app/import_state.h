// How far an import came, kept beside the file so that it can go on where it stopped.
#pragma once

#include "base/result.h"

#include <boost/describe/class.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace attune::app {

struct ImportState {
    std::string fingerprint;       // of the file; another file under its name starts over
    std::string into;              // where to: the server or directory, and the tenant
    std::uint64_t lines_done = 0;  // all lines up to here are on the disk, or rejected
    std::uint64_t accepted = 0;
    std::uint64_t duplicates = 0;
    std::uint64_t rejected = 0;
    bool complete = false;
};
BOOST_DESCRIBE_STRUCT(ImportState, (),
                      (fingerprint, into, lines_done, accepted, duplicates, rejected, complete))

[[nodiscard]] std::string import_state_path(const std::string& file);
// Empty when there is none; an error when it is no state file.
[[nodiscard]] Result<std::optional<ImportState>> read_import_state(const std::string& file);
// Replaces the old one in one step.
[[nodiscard]] Result<void> write_import_state(const std::string& file, const ImportState& state);

}  // namespace attune::app
