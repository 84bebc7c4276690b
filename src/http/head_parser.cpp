#include "http/head_parser.h"

#include "http/text.h"

#include <array>
#include <cstring>

namespace attune::http {

namespace {

std::unexpected<Error> malformed(std::string what) {
    return fail(Code::invalid_argument, std::move(what), "malformed_request");
}

constexpr std::array<bool, 256> make_target_table() {
    std::array<bool, 256> table{};
    for (std::size_t c = 0x21; c < 0x7F; ++c) table[c] = true;
    // A fragment is never sent, and the others are read as path separators or markup by somebody on the way.
    for (char c : std::string_view("#\\\"<>")) table[static_cast<unsigned char>(c)] = false;
    return table;
}
constexpr auto kTargetChar = make_target_table();

bool is_target(std::string_view text) {
    for (char c : text)
        if (!kTargetChar[static_cast<unsigned char>(c)]) return false;
    return true;
}

bool is_field_value(std::string_view text) {
    for (char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if ((byte < 0x20 && byte != '\t') || byte == 0x7F) return false;
    }
    return true;
}

Method method_of(std::string_view text) {
    for (Method method : {Method::get, Method::post, Method::head, Method::put, Method::patch,
                          Method::del, Method::options})
        if (text == name_of(method)) return method;
    return Method::other;
}

// One line, without its CR LF, starting at `start`. No line while it has not arrived; an error where a line feed
// stands alone.
struct Line {
    std::string_view text;
    std::size_t next = 0;  // 0: not there yet
};
Result<Line> line_at(std::string_view input, std::size_t start, std::size_t end_max) {
    const std::size_t limit = input.size() < end_max ? input.size() : end_max;
    if (start >= limit) return Line{};
    const void* found = std::memchr(input.data() + start, '\n', limit - start);
    if (found == nullptr) return Line{};
    const auto at = static_cast<std::size_t>(static_cast<const char*>(found) - input.data());
    if (at == start || input[at - 1] != '\r') return malformed("A line ends in a bare line feed.");
    return Line{input.substr(start, at - 1 - start), at + 1};
}

Result<void> read_version(std::string_view version, Head& head) {
    if (version == "HTTP/1.1") return {};
    if (version == "HTTP/1.0") {
        head.http_1_0 = true;
        head.keep_alive = false;
        return {};
    }
    const bool plausible = version.size() == 8 && version.starts_with("HTTP/") &&
                           version[6] == '.' && version[5] >= '0' && version[5] <= '9' &&
                           version[7] >= '0' && version[7] <= '9';
    if (!plausible) return malformed("The request line does not end in an HTTP version.");
    return fail(Code::invalid_argument, "Only HTTP/1.1 and HTTP/1.0 are spoken here.",
                "version_not_supported");
}

// Origin form, the absolute form that a proxy's client sends, or "*" for OPTIONS.
Result<void> split_target(Request& request, Head& head) {
    std::string_view target = request.target;
    if (target == "*" && request.method == Method::options) {
        request.path = target;
        return {};
    }
    for (std::string_view scheme : {std::string_view("http://"), std::string_view("https://")}) {
        if (target.size() < scheme.size() ||
            !equal_ignoring_case(target.substr(0, scheme.size()), scheme))
            continue;
        target.remove_prefix(scheme.size());
        const std::size_t end = target.find_first_of("/?");
        head.authority = target.substr(0, end);
        if (head.authority.empty() || head.authority.find('@') != std::string_view::npos)
            return malformed("The target's authority is not a host.");
        target = end == std::string_view::npos ? std::string_view("/") : target.substr(end);
        break;
    }
    if (target.empty() || target.front() != '/') {
        if (target.empty() || head.authority.empty()) return malformed("The target is not a path.");
        request.path = "/";  // "http://host?query"
        request.query = target.substr(1);
        return {};
    }
    const std::size_t question = target.find('?');
    request.path = target.substr(0, question);
    if (question != std::string_view::npos) request.query = target.substr(question + 1);
    return {};
}

Result<void> read_request_line(std::string_view line, const HeadLimits& limits, Request& request,
                               Head& head) {
    const std::size_t first = line.find(' ');
    if (first == std::string_view::npos) return malformed("The request line has no target.");
    const std::size_t last = line.rfind(' ');
    if (last == first) return malformed("The request line has no HTTP version.");
    const std::string_view method = line.substr(0, first);
    if (!is_token(method)) return malformed("The method is not a token.");
    request.method = method_of(method);
    request.target = line.substr(first + 1, last - first - 1);
    if (request.target.size() > limits.target_bytes_max)
        return fail(
            Code::invalid_argument,
            "The target is longer than " + std::to_string(limits.target_bytes_max) + " bytes.",
            "target_too_long");
    if (!is_target(request.target))
        return malformed("The target holds a character that must be percent-encoded.");
    if (auto version = read_version(line.substr(last + 1), head); !version) return version;
    return split_target(request, head);
}

bool is_host(std::string_view text) {
    for (char c : text) {
        const bool plain =
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!plain && std::string_view("-._~:[]%!$&'()*+,;=").find(c) == std::string_view::npos)
            return false;
    }
    return true;
}

// What is counted while the headers go by.
struct Seen {
    int host = 0;
    int content_length = 0;
    int transfer_encoding = 0;
    int traceparent = 0;
    int content_encoding = 0;
    std::string_view host_value;
};

void read_connection(std::string_view list, Head& head) {
    while (auto option = next_element(list)) {
        if (equal_ignoring_case(*option, "close")) head.keep_alive = false;
        if (head.http_1_0 && equal_ignoring_case(*option, "keep-alive")) head.keep_alive = true;
    }
}

Result<void> read_length(std::string_view value, Head& head, Seen& seen) {
    const auto length = parse_decimal(value);
    if (!length || ++seen.content_length > 1)
        return malformed("Content-Length is not one decimal number.");
    head.has_length = true;
    head.content_length = *length;
    return {};
}

Result<void> read_transfer_encoding(std::string_view value, Head& head, Seen& seen) {
    if (++seen.transfer_encoding > 1 || !equal_ignoring_case(value, "chunked"))
        return malformed("Transfer-Encoding is anything but one \"chunked\".");
    head.chunked = true;
    return {};
}

// The headers that decide how the message is framed or that the transport answers to, told apart by length first.
Result<void> interpret(std::string_view name, std::string_view value, Head& head, Seen& seen) {
    switch (name.size()) {
        case 4:
            if (equal_ignoring_case(name, "host")) {
                ++seen.host;
                seen.host_value = value;
            }
            break;
        case 6:
            if (equal_ignoring_case(name, "expect")) {
                if (!equal_ignoring_case(value, "100-continue"))
                    return fail(Code::invalid_argument,
                                "The only expectation met here is 100-continue.",
                                "expectation_failed");
                head.expects_continue = true;
            } else if (equal_ignoring_case(name, "origin")) {
                head.origin = value;
            }
            break;
        case 10:
            if (equal_ignoring_case(name, "connection")) read_connection(value, head);
            break;
        case 11:
            if (equal_ignoring_case(name, "traceparent"))
                head.traceparent = ++seen.traceparent == 1 ? value : std::string_view{};
            break;
        case 12:
            if (equal_ignoring_case(name, "x-request-id")) head.request_id = value;
            break;
        case 14:
            if (equal_ignoring_case(name, "content-length")) return read_length(value, head, seen);
            break;
        case 15:
            if (equal_ignoring_case(name, "accept-encoding")) head.accept_encoding = value;
            break;
        case 16:
            if (equal_ignoring_case(name, "content-encoding")) {
                if (++seen.content_encoding > 1)
                    return fail(Code::invalid_argument, "A body is encoded at most once here.",
                                "unsupported_media");
                head.content_encoding = value;
            }
            break;
        case 17:
            if (equal_ignoring_case(name, "transfer-encoding"))
                return read_transfer_encoding(value, head, seen);
            break;
        default:
            break;
    }
    return {};
}

Result<void> read_field(std::string_view line, Request& request, Head& head, Seen& seen) {
    if (line.front() == ' ' || line.front() == '\t')
        return malformed("A header is folded over two lines.");
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return malformed("A header line has no colon.");
    const std::string_view name = line.substr(0, colon);
    if (!is_token(name)) return malformed("A header name is not a token.");
    const std::string_view value = trimmed(line.substr(colon + 1));
    if (!is_field_value(value)) return malformed("A header value holds a control character.");
    request.headers.push_back({name, value});
    return interpret(name, value, head, seen);
}

Result<void> check_whole(Head& head, const Seen& seen) {
    if (seen.host > 1) return malformed("There is more than one Host header.");
    if (seen.host == 0 && !head.http_1_0) return malformed("The Host header is missing.");
    if (!is_host(seen.host_value)) return malformed("The Host header is not a host.");
    if (head.authority.empty())
        head.authority = seen.host_value;
    else if (seen.host == 1 && !equal_ignoring_case(head.authority, seen.host_value))
        return malformed("The target and the Host header name different hosts.");
    if (head.chunked && head.has_length)
        return malformed("Content-Length and Transfer-Encoding are both there.");
    if (head.chunked && head.http_1_0) return malformed("HTTP/1.0 has no Transfer-Encoding.");
    if (head.http_1_0) head.expects_continue = false;
    return {};
}

}  // namespace

Result<std::size_t> parse_head(std::string_view input, const HeadLimits& limits, Request& request,
                               Head& head) {
    head = Head{};
    request.method = Method::other;
    request.target = request.path = request.query = {};
    request.headers.clear();
    const auto too_large = [&]() -> Result<std::size_t> {
        return fail(Code::invalid_argument,
                    "The request's head is larger than " + std::to_string(limits.header_bytes_max) +
                        " bytes or " + std::to_string(limits.header_count_max) + " headers.",
                    "headers_too_large");
    };

    // An empty line before the request is the leftover of clients that end a body with CR LF; two are forgiven.
    std::size_t at = 0;
    for (int i = 0; i < 2 && input.substr(at).starts_with("\r\n"); ++i) at += 2;
    if (at >= input.size() || (at < 4 && input.substr(at) == "\r")) return 0;
    if (!is_token_char(input[at]))
        return malformed("The request line does not start with a method.");

    const std::size_t request_line_max = at + limits.target_bytes_max + 64;
    auto line = line_at(input, at, request_line_max);
    if (!line) return std::unexpected(line.error());
    if (line->next == 0) {
        if (input.size() < request_line_max) return 0;
        return fail(
            Code::invalid_argument,
            "The target is longer than " + std::to_string(limits.target_bytes_max) + " bytes.",
            "target_too_long");
    }
    if (auto ok = read_request_line(line->text, limits, request, head); !ok)
        return std::unexpected(ok.error());

    Seen seen;
    while (true) {
        at = line->next;
        line = line_at(input, at, limits.header_bytes_max);
        if (!line) return std::unexpected(line.error());
        if (line->next == 0) {
            if (input.size() < limits.header_bytes_max) return 0;
            return too_large();
        }
        if (line->text.empty()) break;
        if (request.headers.size() >= limits.header_count_max) return too_large();
        if (auto ok = read_field(line->text, request, head, seen); !ok)
            return std::unexpected(ok.error());
    }
    if (auto ok = check_whole(head, seen); !ok) return std::unexpected(ok.error());
    return line->next;
}

}  // namespace attune::http
