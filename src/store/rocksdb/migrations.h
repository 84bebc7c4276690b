// Migrations: how a directory written by an older version becomes one of this version. Each step is numbered by the
// format it leads to and may be cut short and run again: the number is written once its work is durable.
#pragma once

#include "base/result.h"
#include "store/rocksdb/database.h"

#include <cstdint>
#include <functional>
#include <span>

namespace attune::store::rocks {

struct Migration {
    std::uint32_t to = 0;
    std::function<Result<void>(Database&)> run;  // leaves its work synced
};

// This version's; the last one leads to kFormat. To 2: tenants' people are counted. To 3: nothing, but what an erasure has still
// to delete would be read by an older version.
[[nodiscard]] std::span<const Migration> migrations();

// The format of an open database; 0 when it was made just now.
[[nodiscard]] Result<std::uint32_t> format_of(const Database& database);
[[nodiscard]] Result<void> set_format(Database& database, std::uint32_t format);
// Runs what leads beyond the database's format, in order, up to `target`.
[[nodiscard]] Result<void> migrate(Database& database, std::span<const Migration> steps,
                                   std::uint32_t target);

}  // namespace attune::store::rocks
