// LineReader: lines of NDJSON as they arrive, in pieces of any size.
//
//     LineReader reader({.line_bytes_max = 1 << 20});
//     while (read_some(chunk)) reader.feed(chunk, on_line);
//     reader.finish(on_line);                            // a last line without a newline
//
//     void on_line(const Line& line) {
//         if (line.error) reject(line.number, *line.error); else use(line.text);
//     }
//
// Lines end with LF or CRLF; a byte order mark before the first one and lines of nothing but blanks
// are skipped, and counted. A line that is too long is reported once, as an error with its
// beginning, and the next one is read as usual.
//
// Not thread-safe. Lines that lie within one piece are not copied; memory is bounded by the longest
// line.
#pragma once

#include "base/result.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace attune::base {

struct LineOptions {
    std::size_t line_bytes_max = 1024 * 1024;
};

// Valid while it is being visited.
struct Line {
    std::uint64_t number = 0;  // from 1
    std::string_view
        text;  // without its newline; the first line_bytes_max bytes when there is an error
    std::optional<Error> error;  // resource_exhausted "too_large"
};

class LineReader {
public:
    using Visit = std::function<void(const Line&)>;

    explicit LineReader(LineOptions options = {}) : options_(options) {}

    void feed(std::string_view bytes, const Visit& visit);
    void finish(const Visit& visit);

private:
    void end_line(std::string_view text, const Visit& visit);
    void keep(std::string_view text);

    const LineOptions options_;
    std::string begun_;  // of a line whose end has not come yet
    bool too_long_ = false;
    std::uint64_t number_ = 1;
};

}  // namespace attune::base
