// From a Segment request to tracked events.
#pragma once

#include "api/call.h"
#include "api/segment/message.h"
#include "base/result.h"
#include "http/message.h"

#include <cstddef>
#include <optional>
#include <string_view>

namespace attune::api::segment {

// Segment's own limits, measured on what the body holds once it is unpacked.
inline constexpr std::size_t kBatchBytesMax = 500 * 1024;
inline constexpr std::size_t kMessageBytesMax = 32 * 1024;
inline constexpr std::size_t kMessagesMax = 2'500;

// One message, whose kind its route names. A message that cannot be taken is a 400 that names the field.
[[nodiscard]] Result<http::Answer> one(const Call& call, Kind kind, bool from_browser);

// A batch. Each message stands for itself: those that cannot be taken are dropped and counted, and the answer is
// 200 all the same, for a client can do nothing about them.
[[nodiscard]] Result<http::Answer> batch(const Call& call, bool from_browser);

// Whose write key it is: Basic, else writeKey in the body, else a bearer token that is a key.
[[nodiscard]] Result<engine::Caller> caller_of(const Call& call, base::JsonView body);

}  // namespace attune::api::segment
