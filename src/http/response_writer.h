// From a Response to the bytes of its head. Pure.
#pragma once

#include "http/message.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace attune::http {

// What goes into a head beside the response's own.
struct HeadFacts {
    std::string_view common;      // "Server: attune\r\nDate: …\r\n", made once a second
    std::string_view request_id;  // empty: none
    std::string_view origin;      // Access-Control-Allow-Origin; empty: none
    bool vary_origin = false;
    bool vary_encoding = false;
    bool gzip = false;
    bool http_1_0 = false;
    bool keep_alive = true;
    bool tls = false;
    // The body's length; none for a chunked one, or one that ends with the connection.
    std::optional<std::uint64_t> length;
};

// Whether a response with this status may carry a body at all.
[[nodiscard]] constexpr bool has_body(unsigned status) {
    return status >= 200 && status != 204 && status != 304;
}

// Headers that frame the message are the transport's: those of the response are dropped. What would break a line in a
// value becomes a space.
void append_head(std::string& out, const Response& response, const HeadFacts& facts);

// "Server: attune\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
[[nodiscard]] std::string common_headers(std::int64_t unix_seconds);

// One chunk of a chunked body, or its end.
void append_chunk(std::string& out, std::string_view piece);
void append_last_chunk(std::string& out);

}  // namespace attune::http
