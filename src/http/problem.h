// Errors as clients see them: RFC 9457 problem+json. The server's default renderer, and what an API's own may start from.
#pragma once

#include "base/result.h"
#include "http/message.h"

#include <string>

namespace attune::http {

// {"type":"urn:attune:problem:rate_limited","title":"Too Many Requests","status":429,"detail":"…","request_id":"…"} with
// "errors":[{"pointer","detail"}] where fields are known. An error without a reason has the type "about:blank". What an
// internal error says stays inside. 429, 503 and 507 carry Retry-After.
[[nodiscard]] Response problem(const Request& request, const Error& error);

// How many seconds to wait before trying again: what the error says, else a second, and a minute where somebody has to make room
// first. Empty: trying again is no use.
[[nodiscard]] std::string retry_after(unsigned status, const Error& error);

}  // namespace attune::http
