#include "http/response_writer.h"

#include "http/status.h"
#include "http/text.h"

#include <array>
#include <charconv>
#include <chrono>

namespace attune::http {

namespace {

bool is_framing(std::string_view name) {
    for (std::string_view framing :
         {"content-length", "transfer-encoding", "connection", "date", "server"})
        if (equal_ignoring_case(name, framing)) return true;
    return false;
}

void append_header(std::string& out, std::string_view name, std::string_view value) {
    out += name;
    out += ": ";
    for (char c : value) {
        const auto byte = static_cast<unsigned char>(c);
        out += (byte < 0x20 && c != '\t') || byte == 0x7F ? ' ' : c;
    }
    out += "\r\n";
}

void append_two_digits(std::string& out, unsigned number) {
    out += static_cast<char>('0' + number / 10 % 10);
    out += static_cast<char>('0' + number % 10);
}

}  // namespace

void append_head(std::string& out, const Response& response, const HeadFacts& facts) {
    out += "HTTP/1.1 ";
    append_number(out, response.status);
    out += ' ';
    out += reason_phrase(response.status);
    out += "\r\n";
    out += facts.common;
    if (has_body(response.status)) {
        if (!response.content_type.empty()) {
            out += "Content-Type: ";
            out += response.content_type;
            out += "\r\n";
        }
        if (facts.length) {
            out += "Content-Length: ";
            append_number(out, *facts.length);
            out += "\r\n";
        } else if (!facts.http_1_0) {
            out += "Transfer-Encoding: chunked\r\n";
        }
        if (facts.gzip) out += "Content-Encoding: gzip\r\n";
    }
    if (facts.vary_encoding) out += "Vary: Accept-Encoding\r\n";
    if (facts.vary_origin) out += "Vary: Origin\r\n";
    if (!facts.origin.empty()) {
        append_header(out, "Access-Control-Allow-Origin", facts.origin);
        out +=
            "Access-Control-Expose-Headers: ETag, Idempotency-Replayed, Link, Location, "
            "Retry-After, WWW-Authenticate, X-RateLimit-Reset, X-Request-Id\r\n";
    }
    if (!facts.request_id.empty()) append_header(out, "X-Request-Id", facts.request_id);
    if (facts.tls) out += "Strict-Transport-Security: max-age=31536000\r\n";
    for (const auto& [name, value] : response.headers)
        if (is_token(name) && !is_framing(name)) append_header(out, name, value);
    if (!facts.keep_alive)
        out += "Connection: close\r\n";
    else if (facts.http_1_0)
        out += "Connection: keep-alive\r\n";
    out += "\r\n";
}

std::string common_headers(std::int64_t unix_seconds) {
    static constexpr std::array<std::string_view, 7> kDays{"Sun", "Mon", "Tue", "Wed",
                                                           "Thu", "Fri", "Sat"};
    static constexpr std::array<std::string_view, 12> kMonths{
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    namespace chrono = std::chrono;
    const chrono::sys_seconds at{chrono::seconds(unix_seconds)};
    const auto day = chrono::floor<chrono::days>(at);
    const chrono::year_month_day date(day);
    const auto second = static_cast<unsigned>((at - day).count());
    std::string out = "Server: attune\r\nDate: ";
    out += kDays[chrono::weekday(day).c_encoding()];
    out += ", ";
    append_two_digits(out, static_cast<unsigned>(date.day()));
    out += ' ';
    out += kMonths[static_cast<unsigned>(date.month()) - 1];
    out += ' ';
    const auto year = static_cast<unsigned>(static_cast<int>(date.year()));
    append_two_digits(out, year / 100);
    append_two_digits(out, year);
    out += ' ';
    append_two_digits(out, second / 3600);
    out += ':';
    append_two_digits(out, second / 60 % 60);
    out += ':';
    append_two_digits(out, second % 60);
    out += " GMT\r\n";
    return out;
}

void append_chunk(std::string& out, std::string_view piece) {
    char digits[16];
    const auto [end, error] = std::to_chars(digits, digits + sizeof digits, piece.size(), 16);
    static_cast<void>(error);  // sixteen hex digits hold any size
    out.append(digits, end);
    out += "\r\n";
    out += piece;
    out += "\r\n";
}

void append_last_chunk(std::string& out) { out += "0\r\n\r\n"; }

}  // namespace attune::http
