// CsvReader and LineReader: any bytes in any pieces give the same rows as in one piece, within the limits.
#include "base/csv.h"
#include "base/lines.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

namespace {

using attune::base::CsvReader;
using attune::base::LineReader;

template <class Reader>
void feed(Reader& reader, std::string_view bytes, std::size_t piece,
          const typename Reader::Visit& visit) {
    for (; !bytes.empty(); bytes.remove_prefix(std::min(piece, bytes.size())))
        reader.feed(bytes.substr(0, piece), visit);
    reader.finish(visit);
}

std::vector<std::string> rows(std::string_view bytes, char delimiter, std::size_t piece) {
    std::vector<std::string> seen;
    CsvReader reader(
        {.delimiter = delimiter, .field_bytes_max = 32, .row_bytes_max = 100, .fields_max = 8});
    feed(reader, bytes, piece, [&](const attune::base::CsvRow& row) {
        ATTUNE_CHECK(row.raw.size() <= 200 && row.fields.size() <= 8);
        std::string text = std::to_string(row.line) + (row.error ? row.error->message : "");
        for (const std::string_view field : row.fields) {
            ATTUNE_CHECK(field.size() <= 32);
            text.append("|").append(field);
        }
        seen.push_back(std::move(text));
    });
    return seen;
}

std::vector<std::string> lines(std::string_view bytes, std::size_t piece) {
    std::vector<std::string> seen;
    LineReader reader({.line_bytes_max = 64});
    feed(reader, bytes, piece, [&](const attune::base::Line& line) {
        ATTUNE_CHECK(line.text.size() <= 64);
        seen.push_back(std::to_string(line.number) + (line.error ? "!" : ":") +
                       std::string(line.text));
    });
    return seen;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    const std::size_t piece = data[0] % 16 + 1;
    const char delimiter = data[1] % 2 == 0 ? ',' : ';';
    const std::string_view bytes(reinterpret_cast<const char*>(data) + 2, size - 2);
    ATTUNE_CHECK(rows(bytes, delimiter, piece) == rows(bytes, delimiter, size));
    ATTUNE_CHECK(lines(bytes, piece) == lines(bytes, size));
    return 0;
}
