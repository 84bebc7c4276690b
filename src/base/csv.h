// CsvReader: delimited text (RFC 4180) as it arrives, in pieces of any size. Strict, because a
// guess about a quote puts every later column into the wrong place; forgiving across rows, because
// one bad row must not cost its neighbours.
//
//     CsvReader reader({.delimiter = ';'});
//     while (read_some(chunk)) reader.feed(chunk, on_row);
//     reader.finish(on_row);                             // a last row without a newline
//
//     void on_row(const CsvRow& row) {
//         if (row.error) reject(row.line, *row.error, row.raw); else use(row.fields);
//     }
//
// Rows end with LF or CRLF; a byte order mark before the first one and empty lines are skipped. A
// field that begins with a quote ends with one; quotes inside it are doubled, newlines inside it
// are kept. Errors: a quote inside a bare field, anything after a closing quote, a bare CR, a quote
// that is still open at the end, more bytes or fields than the limits, another number of fields
// than the first row. After an error, reading goes on after the next newline. Text is passed on as
// bytes: whether it is UTF-8 is for whoever uses it.
//
// Not thread-safe. Memory is bounded by the limits.
#pragma once

#include "base/result.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace attune::base {

struct CsvOptions {
    char delimiter = ',';  // not a quote, CR or LF
    std::size_t field_bytes_max = 64 * 1024;
    std::size_t row_bytes_max = 1024 * 1024;
    std::size_t fields_max = 1000;
    bool same_width = true;  // every row has as many fields as the first good one
};

// Valid while it is being visited.
struct CsvRow {
    std::uint64_t line = 0;  // where it begins, from 1
    std::span<const std::string_view> fields;
    std::string_view raw;  // as it came, without its newline; cut at row_bytes_max
    std::optional<Error> error;
};

class CsvReader {
public:
    using Visit = std::function<void(const CsvRow&)>;

    explicit CsvReader(CsvOptions options = {});

    void feed(std::string_view bytes, const Visit& visit);
    void finish(const Visit& visit);

private:
    enum class State : std::uint8_t {
        field_start,
        bare,
        quoted,
        quote_in_quoted,  // the end of the field, or half of a doubled quote
        carriage_return,
        skipping,  // the row is bad: to the next newline
    };

    void take(char c, const Visit& visit);
    void append(std::string_view text);
    void end_field();
    void end_row(const Visit& visit);
    void spoil(std::string detail);
    [[nodiscard]] std::size_t run_length(std::string_view bytes) const;

    const CsvOptions options_;
    State state_ = State::field_start;
    std::string text_;               // of all fields of the row, unquoted, one after the other
    std::vector<std::size_t> ends_;  // of each field in text_
    std::string raw_;
    std::vector<std::string_view> fields_;
    std::optional<Error> error_;
    bool row_began_ = false;
    std::uint64_t line_ = 1;
    std::uint64_t row_line_ = 1;
    std::size_t width_ = 0;  // of the first good row
    std::size_t bom_matched_ = 0;
    bool at_start_ = true;
};

}  // namespace attune::base
