// Bytes as text and back: hexadecimal, base64 and base64url (RFC 4648). Decoding is strict: wrong
// length, foreign characters, wrong padding and non-zero trailing bits are refused, so that every
// byte string has exactly one accepted text.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace attune::base {

[[nodiscard]] std::string to_hex(std::string_view bytes);                  // lower case
[[nodiscard]] std::optional<std::string> from_hex(std::string_view text);  // either case

[[nodiscard]] std::string to_base64(std::string_view bytes);  // padded
[[nodiscard]] std::optional<std::string> from_base64(std::string_view text);

[[nodiscard]] std::string to_base64url(std::string_view bytes);  // unpadded
[[nodiscard]] std::optional<std::string> from_base64url(std::string_view text);

}  // namespace attune::base
