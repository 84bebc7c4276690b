// IP addresses as events may keep them: without the part that points at one household. The full
// address is used for the country and then forgotten.
//
//     auto address = IpAddress::parse("203.0.113.77");     // "203.0.113.77:5000", "[2001:db8::1]:443" too
//     address->truncated();                                 // "203.0.113.0"
//
// Pure functions, thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace attune::engine {

struct IpAddress {
    bool is_v6 = false;
    std::array<std::uint8_t, 16> bytes{};  // an IPv4 address has the first four

    // An address with or without a port, brackets and a zone. IPv4 written as IPv6 is IPv4.
    [[nodiscard]] static std::optional<IpAddress> parse(std::string_view text);
    // The last octet of IPv4, or the last 80 bits of IPv6, are zero.
    [[nodiscard]] std::string truncated() const;
};

}  // namespace attune::engine
