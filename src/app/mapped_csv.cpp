#include "app/mapped_csv.h"

#include "app/csv_cell.h"
#include "base/json.h"

#include <algorithm>
#include <utility>

namespace attune::app {

void MappedCsv::feed(std::string_view bytes, const Visit& visit) {
    csv_.feed(bytes, [&](const base::CsvRow& row) { take(row, visit); });
}

void MappedCsv::finish(const Visit& visit) {
    csv_.finish([&](const base::CsvRow& row) { take(row, visit); });
}

void MappedCsv::take(const base::CsvRow& row, const Visit& visit) {
    if (failure_) return;
    if (!row.error && fields_.empty()) return take_header(row);
    cells_.clear();
    for (const std::string_view cell : row.fields) cells_.push_back(unguarded(cell));
    base::CsvRow plain = row;
    plain.fields = cells_;
    visit(plain);
}

void MappedCsv::take_header(const base::CsvRow& row) {
    for (const auto name : row.fields) {
        std::string field(name);
        for (const auto& [mapped, column] : columns_) {
            if (column == name) field = mapped;
        }
        fields_.push_back(std::move(field));
    }
    for (const auto& [field, column] : columns_) {
        if (std::ranges::find(row.fields, column) != row.fields.end()) continue;
        std::string message = "the header has no column '";
        message.append(column).append("', which --map names for ").append(field);
        failure_ = Error{Code::invalid_argument, std::move(message)};
    }
    if (!failure_) check_header(row);
}

// Of two columns that hold the same, one would be lost, and nobody could say which. Columns without a name hold nothing.
void MappedCsv::check_header(const base::CsvRow& row) {
    std::map<std::string_view, std::size_t> first;
    for (std::size_t i = 0; i < fields_.size(); ++i) {
        if (fields_[i].empty()) continue;
        const auto [found, is_new] = first.emplace(fields_[i], i);
        if (is_new) continue;
        const std::string_view one = row.fields[found->second];
        const std::string_view other = row.fields[i];
        std::string message = "the header has two columns '";
        message.append(other).append("'");
        if (one != other) {
            message = "the columns '";
            message.append(one).append("' and '").append(other).append("' would both be ");
            message.append(fields_[i]);
        }
        failure_ = Error{Code::invalid_argument, std::move(message)};
        return;
    }
}

base::JsonText json_of_cell(std::string_view cell) {
    const bool plain = cell == "true" || cell == "false" ||
                       cell.find_first_not_of("0123456789+-.eE") == std::string_view::npos;
    if (plain) {
        if (auto json = base::JsonText::parse(cell)) return *std::move(json);
    }
    std::string quoted;
    base::append_json(quoted, cell);
    return base::JsonText::trusted(std::move(quoted));
}

}  // namespace attune::app
