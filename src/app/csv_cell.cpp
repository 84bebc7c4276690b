#include "app/csv_cell.h"

#include "base/json.h"

#include <cmath>

namespace attune::app {

namespace {

bool looks_like_a_formula(std::string_view text) {
    constexpr std::string_view kDangerous("=+-@\t\r\0", 7);
    return !text.empty() && kDangerous.find(text.front()) != std::string_view::npos;
}

}  // namespace

void append_cell(std::string& row, std::string_view text) {
    const bool guarded = looks_like_a_formula(text);
    constexpr std::string_view kQuoted("\",;\r\n\t\0", 7);
    if (text.find_first_of(kQuoted) == std::string_view::npos && !text.starts_with(' ') &&
        !text.ends_with(' ')) {
        if (guarded) row += '\'';
        row += text;
        return;
    }
    row += '"';
    if (guarded) row += '\'';
    for (const char c : text) {
        if (c == '"') row += '"';
        row += c;
    }
    row += '"';
}

void append_number_cell(std::string& row, double number) {
    if (std::isfinite(number)) base::append_json(row, number);
}

}  // namespace attune::app
