// Segment's answers. Its clients read nothing but the status (exactly 200) on success, and need `code` and `message` in
// every error: one of them retries ten times when a 400 lacks them.
#pragma once

#include "base/result.h"
#include "http/message.h"

#include <string_view>

namespace attune::api::segment {

// Whether a path belongs to Segment's protocol, whose errors have a shape of their own.
[[nodiscard]] inline bool speaks(std::string_view path) { return path.starts_with("/v1/"); }

// {"success": true}
[[nodiscard]] http::Response success();

// {"success":false,"code":"…","message":"…"}. What is too large is 400 here, as its clients know it.
[[nodiscard]] http::Response error_answer(const Error& error);

}  // namespace attune::api::segment
