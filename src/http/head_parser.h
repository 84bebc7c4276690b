// The strict reader of a request's head. One pure function over the bytes that have arrived so far: what it says
// depends on them alone, never on how they were cut into packets. Views in the result point into `input`.
//
// It accepts what RFC 9112 lets a client send and nothing that two implementations might read differently: CR LF only,
// no folded lines, no space before a colon, one Host, one Content-Length or exactly one "chunked", no control
// characters. Whatever fails is answered and the connection closed, since where the next request starts is unknown.
#pragma once

#include "base/result.h"
#include "http/message.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace attune::http {

struct HeadLimits {
    std::size_t header_bytes_max = 16 * 1024;  // the whole head
    std::size_t header_count_max = 100;
    std::size_t target_bytes_max = 8 * 1024;
};

// What the transport itself reads out of a head; everything else stays in Request::headers.
struct Head {
    bool http_1_0 = false;
    bool keep_alive = true;
    bool chunked = false;
    bool has_length = false;
    bool expects_continue = false;
    std::uint64_t content_length = 0;
    std::string_view content_encoding;  // views are empty where the header is not there
    std::string_view accept_encoding;
    std::string_view origin;
    std::string_view traceparent;
    std::string_view request_id;
    std::string_view authority;  // Host, or the authority of an absolute target

    [[nodiscard]] bool has_body() const { return chunked || content_length > 0; }
};

// The size of the head in bytes, with method, target, path, query and headers of `request` and `head` filled;
// 0 while it has not arrived whole. An error names what is wrong and is final.
[[nodiscard]] Result<std::size_t> parse_head(std::string_view input, const HeadLimits& limits,
                                             Request& request, Head& head);

}  // namespace attune::http
