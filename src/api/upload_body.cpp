#include "api/upload_body.h"

#include "api/services.h"

#include <algorithm>
#include <cctype>
#include <utility>

namespace attune::api {

namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
    return text;
}

// One object, closed where the text ends: brackets outside strings balance there for the first time.
bool is_whole_object(std::string_view text) {
    if (!text.starts_with('{')) return false;
    std::size_t depth = 0;
    bool in_string = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (in_string) {
            if (c == '\\') ++i;
            in_string = c != '"';
        } else if (c == '"') {
            in_string = true;
        } else if (c == '{' || c == '[') {
            ++depth;
        } else if ((c == '}' || c == ']') && (depth == 0 || --depth == 0)) {
            return i + 1 == text.size();
        }
    }
    return false;
}

// Whether a body that does not say so is NDJSON: a whole object on its first line and something after it.
bool looks_like_lines(std::string_view text) {
    while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return false;
    return is_whole_object(trimmed(text.substr(0, end))) && !trimmed(text.substr(end)).empty();
}

}  // namespace

bool names_lines(std::string_view media) {
    std::string type(media);
    std::ranges::transform(type, type.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return type.find("ndjson") != std::string::npos || type.find("jsonl") != std::string::npos ||
           type.find("json-lines") != std::string::npos;
}

UploadBody::UploadBody(const Call& call, std::string_view noun)
    : noun_(noun),
      json_bytes_max_(call.services.options.track_body_bytes_max),
      line_bytes_max_(call.services.options.line_bytes_max),
      format_(names_lines(call.request.header("content-type").value_or("")) ? Format::lines
                                                                            : Format::undecided),
      reader_({.line_bytes_max = line_bytes_max_}) {}

Result<void> UploadBody::feed(std::string_view piece, const base::LineReader::Visit& take) {
    if (format_ == Format::lines) {
        reader_.feed(piece, take);
        return {};
    }
    if (json_.size() + piece.size() > json_bytes_max_) {
        return fail(Code::invalid_argument,
                    "A JSON body of " + std::string(noun_) + " has at most " +
                        std::to_string(json_bytes_max_) + " bytes; longer ones are sent as NDJSON.",
                    "too_large");
    }
    json_ += piece;
    if (format_ == Format::json) return {};
    // Until its first line has ended nothing is known, and a body that drips in is not looked through again and again.
    if (json_.size() <= line_bytes_max_ && !first_line_ended(piece)) return {};
    if (looks_like_lines(json_)) {
        format_ = Format::lines;
        reader_.feed(std::exchange(json_, {}), take);
    } else if (trimmed(json_).find('\n') != std::string_view::npos ||
               json_.size() > line_bytes_max_) {
        // Past its first line, or too long to have one: JSON it is.
        format_ = Format::json;
    }
    return {};
}

void UploadBody::finish(const base::LineReader::Visit& take) {
    if (format_ == Format::lines) reader_.finish(take);
}

bool UploadBody::first_line_ended(std::string_view piece) {
    if (first_line_ == FirstLine::none) {
        while (!piece.empty() && is_space(piece.front())) piece.remove_prefix(1);
        if (!piece.empty()) first_line_ = FirstLine::begun;
    }
    if (first_line_ == FirstLine::begun && piece.find('\n') != std::string_view::npos) {
        first_line_ = FirstLine::ended;
    }
    return first_line_ == FirstLine::ended;
}

}  // namespace attune::api
