// Verifier: holds a database against itself: every table's checksums, the chain of commits, every block against its
// commit, event keys against events, and the sums that the last commit states for what there should be.
//
// Thread-safe; reads one snapshot, so a store may be written meanwhile.
#pragma once

#include "store/rocksdb/database.h"
#include "store/rocksdb/mark_file.h"
#include "store/store.h"

namespace attune::store::rocks {

// What can be told cheaply when a store is opened: the last commit is the marked one or later, and the commits from
// the last verified one on are a chain without a gap whose events are all there. data_loss says what is not.
[[nodiscard]] Result<Ledger> verify_tail(const Database& database, const Mark& mark);

// Everything. Problems are in the report, a few hundred of them at most.
[[nodiscard]] Result<VerifyReport> verify_all(const Database& database, const Mark& mark);

}  // namespace attune::store::rocks
