// MappedCsv: a CSV whose columns hold fields: those that somebody named, and for all others the
// one that is called as the column.
//
//     MappedCsv csv(',', {{"user_id", "customer"}});
//     csv.feed(bytes, [&](const base::CsvRow& row) { … row.fields[i] is csv.fields()[i] … });
//
// A cell that was guarded so that no spreadsheet takes it for a formula ("'=1") is the text without its guard.
#pragma once

#include "base/csv.h"
#include "base/json_text.h"
#include "base/result.h"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace attune::app {

class MappedCsv {
public:
    using Columns = std::map<std::string, std::string, std::less<>>;  // by field
    using Visit = std::function<void(const base::CsvRow&)>;

    MappedCsv(char delimiter, Columns columns)
        : columns_(std::move(columns)), csv_({.delimiter = delimiter}) {}

    // Visits the rows under the header, and rows that are none, with their error.
    void feed(std::string_view bytes, const Visit& visit);
    void finish(const Visit& visit);

    // By column.
    [[nodiscard]] const std::vector<std::string>& fields() const { return fields_; }
    // Set when the header lacks a column that was named, or has two that hold the same; then nothing is visited.
    [[nodiscard]] const std::optional<Error>& failure() const { return failure_; }

private:
    void take(const base::CsvRow& row, const Visit& visit);
    void take_header(const base::CsvRow& row);
    void check_header(const base::CsvRow& row);

    const Columns columns_;
    base::CsvReader csv_;
    std::vector<std::string> fields_;
    std::vector<std::string_view> cells_;  // of the row that is visited
    std::optional<Error> failure_;
};

// A JSON number, true or false where the cell reads as one, else text.
[[nodiscard]] base::JsonText json_of_cell(std::string_view cell);

}  // namespace attune::app
