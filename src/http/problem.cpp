#include "http/problem.h"

#include "http/status.h"
#include "http/text.h"

#include <algorithm>

namespace attune::http {

namespace {

void append_string(std::string& out, std::string_view text) {
    static constexpr char kDigits[] = "0123456789abcdef";
    out += '"';
    for (char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (byte < 0x20 || byte == 0x7F) {
            out += "\\u00";
            out += kDigits[byte >> 4U];
            out += kDigits[byte & 15U];
        } else {
            out += c;
        }
    }
    out += '"';
}

void append_member(std::string& out, std::string_view name, std::string_view value) {
    out += ",\"";
    out += name;
    out += "\":";
    append_string(out, is_valid_utf8(value) ? value : "?");
}

}  // namespace

std::string retry_after(unsigned status, const Error& error) {
    switch (status) {
        case 429:
        case 503:
            return std::to_string(std::max(1U, error.retry_after_seconds));
        case 507:
            return "60";  // somebody has to make room first
        default:
            return {};
    }
}

Response problem(const Request& request, const Error& error) {
    const unsigned status = status_of(error);
    const bool inner = status == 500;
    std::string text = "{\"type\":";
    if (error.reason.empty() || inner) {
        text += "\"about:blank\"";
    } else {
        append_string(text, "urn:attune:problem:" + error.reason);
    }
    append_member(text, "title", reason_phrase(status));
    text += ",\"status\":";
    append_number(text, status);
    append_member(
        text, "detail",
        inner ? "Something went wrong here. The request id finds it in the log." : error.message);
    if (!error.fields.empty()) {
        text += ",\"errors\":[";
        for (const FieldError& field : error.fields) {
            if (text.back() == '}') text += ',';
            text += "{\"pointer\":";
            append_string(text, is_valid_utf8(field.pointer) ? field.pointer : "");
            append_member(text, "detail", field.detail);
            text += '}';
        }
        text += ']';
    }
    if (!request.request_id.empty()) append_member(text, "request_id", request.request_id);
    text += '}';

    Response response = Response::json(status, std::move(text));
    response.content_type = "application/problem+json";
    if (std::string wait = retry_after(status, error); !wait.empty())
        response.with("Retry-After", std::move(wait));
    return response;
}

}  // namespace attune::http
