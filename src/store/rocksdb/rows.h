// Rows: a commit in the making. Reads see the database with the changes so far on top; nothing is written until
// the whole is turned into one batch. Keeps the ledger's state sum along the way.
//
// Used by the commit thread alone.
#pragma once

#include "store/rocksdb/database.h"
#include "store/rocksdb/records.h"

#include <rocksdb/write_batch.h>

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace attune::store::rocks {

class Rows {
public:
    Rows(const Database& database, std::uint64_t state) : database_(database), state_(state) {}

    [[nodiscard]] Result<std::optional<std::string>> get(Family family, std::string_view key);
    // Checksummed rows that count in the state sum.
    [[nodiscard]] Result<void> put(Family family, const std::string& key, std::string body);
    // The same for a caller who has asked for what is there and knows what it counts, as state_of() says (0: nothing is
    // there). Without a body, the row is removed.
    void replace(Family family, const std::string& key, std::uint64_t state_before,
                 std::optional<std::string> body);
    [[nodiscard]] Result<void> remove(Family family, const std::string& key);
    // Rows that are only an index of others: no checksum, not counted, not read before.
    void put_index(Family family, const std::string& key);
    void remove_index(Family family, const std::string& key);

    [[nodiscard]] std::uint64_t state() const { return state_; }
    void write_to(rocksdb::WriteBatch& batch) const;

private:
    using Name = std::pair<Family, std::string>;
    const Database& database_;
    std::uint64_t state_;
    std::map<Name, std::optional<std::string>> changed_;  // bodies; empty: removed
    std::map<Name, bool> index_;                          // true: put
};

// What one row adds to the state sum.
[[nodiscard]] std::uint64_t state_of(Family family, std::string_view key, std::string_view body);

}  // namespace attune::store::rocks
