// TouchFile: interactions from delimited text with a header, as it arrives. Columns, in any order: `user` and `item`, and
// where they are there `weight` (a number), `time` (seconds since 1970, or RFC 3339) and `group` (of the user; for fairness);
// other columns are passed over. Tabs in the header make it tab-separated, otherwise commas do.
//
//     TouchFile file(vocabulary, "train.csv");
//     while (read_some(bytes)) ATTUNE_TRY_VOID(file.feed(bytes));
//     ATTUNE_TRY(Touches touches, std::move(file).finish());
//
// The first bad row ends it: invalid_argument says "train.csv, line 7, column weight: …". Without a time column the order
// of the rows is the order in time, across files that share a vocabulary too.
#pragma once

#include "base/csv.h"
#include "learn/evaluate/names.h"
#include "learn/recommend/interactions.h"

#include <map>
#include <optional>

namespace attune::learn {

// What the files of one evaluation have in common.
struct Vocabulary {
    Names people;
    Names items;
    Names groups;
    std::map<PersonIndex, std::uint32_t> group_of;  // of those for whom a file says it
    std::int64_t rows = 0;                          // read so far, of all files
};

struct Touches {
    std::vector<Deed> deeds;  // in the order of the file
    bool has_times = false;
};

class TouchFile {
public:
    struct Shape {
        bool needs_item = true;  // a file of groups has none
        bool needs_group = false;
    };
    static constexpr std::int64_t kRowsMax = 500'000'000;

    TouchFile(Vocabulary& vocabulary, std::string name, Shape shape);
    TouchFile(Vocabulary& vocabulary, std::string name)
        : TouchFile(vocabulary, std::move(name), Shape{}) {}

    Result<void> feed(std::string_view bytes);
    // invalid_argument also where there is no header.
    Result<Touches> finish() &&;

private:
    struct Columns {
        std::optional<std::size_t> user, item, weight, time, group;
    };
    Result<void> take(const base::CsvRow& row);
    Result<void> take_header(const base::CsvRow& row);
    Result<void> take_row(const base::CsvRow& row);
    [[nodiscard]] std::unexpected<Error> wrong(std::uint64_t line, std::string_view column,
                                               std::string_view what) const;
    [[nodiscard]] Result<void> result() const;

    Vocabulary& vocabulary_;
    const std::string name_;
    const Shape shape_;
    std::string head_;  // until the header's end is there
    std::optional<base::CsvReader> csv_;
    std::optional<Columns> columns_;
    std::optional<Error> problem_;
    Touches touches_;
};

}  // namespace attune::learn
