// UploadBody: the body of an upload while it arrives, which is JSON or NDJSON: by its Content-Type or else by its look, for many
// clients send no type, or the wrong one. JSON is collected up to a limit; lines are handed on as they come, however many.
//
//     UploadBody body(call, "events");
//     ATTUNE_TRY_VOID(body.feed(piece, [&](const base::Line& line) { … }));    // only of NDJSON
//     body.is_lines() ? … : parse(body.json())                                  // once all of it has arrived
//
// Not thread-safe.
#pragma once

#include "api/call.h"
#include "base/lines.h"
#include "base/result.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace attune::api {

class UploadBody {
public:
    // `noun`: what is in it, for messages: "events".
    UploadBody(const Call& call, std::string_view noun);

    // invalid_argument "too_large" when it is JSON and longer than may be.
    [[nodiscard]] Result<void> feed(std::string_view piece, const base::LineReader::Visit& take);
    // A last line without a newline.
    void finish(const base::LineReader::Visit& take);

    [[nodiscard]] bool is_lines() const { return format_ == Format::lines; }
    // All of it, when it is not lines.
    [[nodiscard]] const std::string& json() const { return json_; }

private:
    enum class Format : std::uint8_t { undecided, json, lines };
    enum class FirstLine : std::uint8_t { none, begun, ended };

    [[nodiscard]] bool first_line_ended(std::string_view piece);

    const std::string_view noun_;
    const std::size_t json_bytes_max_;
    const std::size_t line_bytes_max_;
    Format format_;
    FirstLine first_line_ = FirstLine::none;  // of a body that has not said what it is
    std::string json_;
    base::LineReader reader_;
};

// Whether a media type or a list of them names NDJSON, by any of its names.
[[nodiscard]] bool names_lines(std::string_view media);

}  // namespace attune::api
