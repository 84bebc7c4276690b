// Rows of a file of events: NDJSON or CSV, plain or gzipped, read piece by piece.
#pragma once

#include "base/result.h"
#include "domain/incoming_event.h"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace attune::app {

enum class RowFormat : std::uint8_t { ndjson, csv };

struct RowOptions {
    RowFormat format = RowFormat::ndjson;
    char delimiter = ',';
    // CSV: from a field of an event ("user_id") to the column that holds it ("customer"). Fields
    // that are not named here are taken from columns of their own name; columns that are no field
    // become properties.
    std::map<std::string, std::string, std::less<>> columns;
    // CSV: fields that are the same in every row.
    std::map<std::string, std::string, std::less<>> constants;
    // How times are written: "rfc3339", "unix", "unix_ms", or a pattern as strptime takes it, in
    // UTC.
    std::string time_format = "rfc3339";
};

// Valid while it is being visited.
struct Row {
    std::uint64_t line = 0;  // from 1
    std::string_view raw;
    Result<domain::IncomingEvent> event;
};

// A file, uncompressed where it is gzipped.
class RowFile {
public:
    [[nodiscard]] static Result<std::unique_ptr<RowFile>> open(const std::string& path);
    ~RowFile();
    RowFile(const RowFile&) = delete;
    RowFile& operator=(const RowFile&) = delete;

    // The next piece; empty at the end. Valid until the next call.
    [[nodiscard]] Result<std::string_view> read();
    // Of the file as it lies there; for progress.
    [[nodiscard]] std::uint64_t bytes_total() const { return bytes_total_; }
    [[nodiscard]] std::uint64_t bytes_done() const;
    // Names the file by its beginning, so that another file under the same name is noticed.
    [[nodiscard]] const std::string& fingerprint() const { return fingerprint_; }

private:
    RowFile() = default;
    struct Handle;
    std::unique_ptr<Handle> handle_;
    std::string buffer_;
    std::string fingerprint_;
    std::size_t ahead_ = 0;  // bytes that were read for the fingerprint and not handed out yet
    std::uint64_t bytes_total_ = 0;
};

// Makes rows of bytes.
class RowReader {
public:
    using Visit = std::function<void(const Row&)>;
    virtual ~RowReader() = default;
    virtual void feed(std::string_view bytes, const Visit& visit) = 0;
    virtual void finish(const Visit& visit) = 0;
    // Set when no row can be made sense of: a CSV whose header lacks a column that was named.
    [[nodiscard]] virtual const std::optional<Error>& failure() const = 0;

    [[nodiscard]] static std::unique_ptr<RowReader> make(const RowOptions& options);
};

// "2026-03-01T12:00:00Z" as the options say.
[[nodiscard]] std::optional<base::Time> parse_time_as(const std::string& format,
                                                      const std::string& text);

}  // namespace attune::app
