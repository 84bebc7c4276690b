#include "app/csv_cell.h"

#include "base/json.h"

#include <cmath>

namespace attune::app {

namespace {

// Behind any quotes: "'=1" must be told from a guarded "=1" when it is read again.
bool looks_like_a_formula(std::string_view text) {
    constexpr std::string_view kDangerous("=+-@\t\r\0", 7);
    const std::size_t first = text.find_first_not_of('\'');
    return first != std::string_view::npos &&
           kDangerous.find(text[first]) != std::string_view::npos;
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

std::string_view unguarded(std::string_view cell) {
    const bool is_guarded = cell.starts_with('\'') && looks_like_a_formula(cell);
    return is_guarded ? cell.substr(1) : cell;
}

void append_number_cell(std::string& row, double number) {
    if (std::isfinite(number)) base::append_json(row, number);
}

}  // namespace attune::app
