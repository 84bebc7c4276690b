#include "engine/track/ip_address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <cstring>

namespace attune::engine {
namespace {

constexpr std::size_t kTextMax = 64;
constexpr std::uint8_t kMappedPrefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

// The address alone: no brackets, port or zone.
std::string_view bare(std::string_view text) {
    if (text.starts_with('[')) {
        const std::size_t end = text.find(']');
        text = end == text.npos ? std::string_view{} : text.substr(1, end - 1);
    } else if (std::ranges::count(text, ':') == 1) {
        text = text.substr(0, text.find(':'));
    }
    return text.substr(0, text.find('%'));
}

}  // namespace

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
    if (text.size() >= kTextMax) return std::nullopt;
    const std::string_view address = bare(text);
    char terminated[kTextMax] = {};
    std::ranges::copy(address, terminated);
    IpAddress parsed;
    if (inet_pton(AF_INET, terminated, parsed.bytes.data()) == 1) return parsed;
    if (inet_pton(AF_INET6, terminated, parsed.bytes.data()) != 1) return std::nullopt;
    parsed.is_v6 = true;
    if (std::memcmp(parsed.bytes.data(), kMappedPrefix, sizeof kMappedPrefix) == 0) {
        IpAddress inner;
        std::copy_n(parsed.bytes.begin() + sizeof kMappedPrefix, 4, inner.bytes.begin());
        return inner;
    }
    return parsed;
}

std::string IpAddress::truncated() const {
    std::array<std::uint8_t, 16> kept = bytes;
    std::fill(kept.begin() + (is_v6 ? 6 : 3), kept.end(), 0);
    char text[INET6_ADDRSTRLEN];
    inet_ntop(is_v6 ? AF_INET6 : AF_INET, kept.data(), text, sizeof text);
    return text;
}

}  // namespace attune::engine
