// Where canonical error codes become HTTP statuses: here and nowhere else.
#pragma once

#include "base/result.h"

#include <string_view>

namespace attune::http {

// 400 invalid_argument ("too_large" 413, "unprocessable" 422, "unsupported_media" 415, and the transport's own
// "method_not_allowed" 405, "request_timeout" 408, "target_too_long" 414, "expectation_failed" 417,
// "headers_too_large" 431, "version_not_supported" 505), 401, 403, 404, 409 already_exists and aborted,
// 412 failed_precondition with "version_mismatch" (else 409), 429 resource_exhausted ("disk_full" 507, "queue_full" 503),
// 499 cancelled, 500 internal and data_loss, 501, 503 unavailable, 504.
[[nodiscard]] unsigned status_of(const Error& error) noexcept;
[[nodiscard]] std::string_view reason_phrase(unsigned status) noexcept;

}  // namespace attune::http
