// Rows of a file of items: NDJSON or CSV, as they come out of a RowFile.
#pragma once

#include "base/result.h"
#include "domain/item.h"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace attune::app {

struct ItemRowOptions {
    bool is_csv = false;
    char delimiter = ',';
    char separator = '|';  // between the entries of a list in one cell: "games|board"
    // CSV: from a field of an item ("title") to the column that holds it ("product_name"). Fields that are not named here
    // are taken from columns of their own name; `latitude`, `longitude` and `embeddings.NAME` are fields too. Columns that
    // are no field become attributes.
    std::map<std::string, std::string, std::less<>> columns;
    // CSV: fields that are the same in every row.
    std::map<std::string, std::string, std::less<>> constants;
    std::string time_format = "rfc3339";  // as parse_time_as takes it
};

// Valid while it is being visited.
struct ItemRow {
    std::uint64_t line = 0;  // from 1
    std::string_view raw;
    Result<domain::Item> item;
};

class ItemRows {
public:
    using Visit = std::function<void(const ItemRow&)>;
    virtual ~ItemRows() = default;
    virtual void feed(std::string_view bytes, const Visit& visit) = 0;
    virtual void finish(const Visit& visit) = 0;
    // Set when no row can be made sense of: a header that lacks a column which was named.
    [[nodiscard]] virtual const std::optional<Error>& failure() const = 0;

    [[nodiscard]] static std::unique_ptr<ItemRows> make(const ItemRowOptions& options);
};

}  // namespace attune::app
