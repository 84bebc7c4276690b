// The few cryptographic primitives that everything above needs, from OpenSSL 3. Thread-safe: pure
// functions.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace attune::base {

using Digest256 = std::array<std::uint8_t, 32>;

[[nodiscard]] Digest256 sha256(std::string_view bytes);
[[nodiscard]] Digest256 hmac_sha256(std::string_view key, std::string_view bytes);

[[nodiscard]] inline std::string_view view_of(const Digest256& digest) {
    return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

// Takes the same time wherever the two differ. Their lengths are not a secret.
[[nodiscard]] bool constant_time_equal(std::string_view a, std::string_view b) noexcept;

}  // namespace attune::base
