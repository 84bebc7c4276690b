// Which request this is, for logs and traces: X-Request-Id and W3C traceparent. One maker belongs to one thread.
#pragma once

#include "base/random.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace attune::http {

// The 32 hex digits of a traceparent that is valid to the letter; nothing for any other, which then starts a new trace.
[[nodiscard]] std::optional<std::string_view> trace_id_of(std::string_view traceparent) noexcept;

// An id that somebody else made and that is safe to log and to send back: 1 to 128 visible ASCII characters.
[[nodiscard]] bool is_sane_request_id(std::string_view id) noexcept;

// Makes ids that do not repeat: random start, then a good mixer over a counter. They are names, not secrets, so they
// need no system call each.
class IdMaker {
public:
    explicit IdMaker(base::Random& random);

    // Writes 32 lower-case hex digits, never all zero.
    void make(std::string& out);

private:
    std::uint64_t next();

    std::uint64_t state_;
    std::uint64_t salt_;
};

}  // namespace attune::http
