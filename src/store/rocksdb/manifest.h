// The MANIFEST, RocksDB's journal of which tables make up the database, is looked at before RocksDB reads it: Debian's build
// ends the process by an assertion when the journal tells its story twice, as a file does that was copied onto its own end.
#pragma once

#include "base/result.h"

#include <cstdint>
#include <string>

namespace attune::store::rocks {

// How far a MANIFEST had come: it only grows, so one whose beginning is still this one has lost nothing that was noted here.
struct ManifestState {
    std::uint64_t number = 0;  // of its file; 0: none was noted
    std::uint64_t bytes = 0;
    std::uint64_t hash = 0;  // XXH3-64 of them
    bool operator==(const ManifestState&) const = default;
};

// The state of the MANIFEST in use now.
[[nodiscard]] Result<ManifestState> manifest_state(const std::string& path);

enum class ManifestFate : std::uint8_t {
    whole,     // all that was noted is there
    replaced,  // another file is in use than was noted, as after an opening that was interrupted
    damaged,   // what was noted of this file is not there any more
};
[[nodiscard]] Result<ManifestFate> fate_of_manifest(const std::string& path,
                                                    const ManifestState& noted);

// data_loss when the journal goes back in time. Any other damage is left for RocksDB to find, which answers with an error.
// `path` is the database's directory; one without a CURRENT file has no journal to check.
[[nodiscard]] Result<void> check_manifest(const std::string& path);

}  // namespace attune::store::rocks
