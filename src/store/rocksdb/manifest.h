// The MANIFEST, RocksDB's journal of which tables make up the database, is looked at before RocksDB reads it: Debian's build
// ends the process by an assertion when the journal tells its story twice, as a file does that was copied onto its own end.
#pragma once

#include "base/result.h"

#include <string>

namespace attune::store::rocks {

// data_loss when the journal goes back in time. Any other damage is left for RocksDB to find, which answers with an error.
// `path` is the database's directory; one without a CURRENT file has no journal to check.
[[nodiscard]] Result<void> check_manifest(const std::string& path);

}  // namespace attune::store::rocks
