#include "engine/tenancy/key_text.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <utility>

namespace attune::engine {
namespace {

using domain::Role;

constexpr std::string_view kAlphabet =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
constexpr std::size_t kRandomCharacters = 22;
constexpr std::size_t kChecksumCharacters = 6;

constexpr std::pair<Role, std::string_view> kRoles[] = {
    {Role::root, "root"},     {Role::admin, "admin"},     {Role::service, "service"},
    {Role::ingest, "ingest"}, {Role::analyst, "analyst"}, {Role::person, "person"},
};

// CRC-32 in six base62 digits (62^6 > 2^32).
std::array<char, kChecksumCharacters> checksum(std::string_view body) noexcept {
    auto rest = static_cast<std::uint32_t>(
        crc32(0, reinterpret_cast<const Bytef*>(body.data()), static_cast<uInt>(body.size())));
    std::array<char, kChecksumCharacters> digits;
    for (std::size_t i = digits.size(); i-- > 0; rest /= 62) digits[i] = kAlphabet[rest % 62];
    return digits;
}

}  // namespace

std::string random_base62(base::Random& random, std::size_t count) {
    std::string text;
    std::array<std::uint8_t, 32> bytes;
    while (text.size() < count) {
        random.fill(bytes);
        for (const std::uint8_t byte : bytes) {
            // 248 is the largest multiple of 62 in a byte; taking the rest too would favour the
            // first eight digits.
            if (byte < 248 && text.size() < count) text += kAlphabet[byte % 62];
        }
    }
    return text;
}

std::string make_key_text(Role role, base::Random& random) {
    std::string text{kKeyPrefix};
    text.append(name_of(role)).append("_").append(random_base62(random, kRandomCharacters));
    const auto digits = checksum(text);
    return text.append("_").append(digits.data(), digits.size());
}

bool is_key_text(std::string_view text) noexcept {
    if (!text.starts_with(kKeyPrefix)) return false;
    const std::string_view rest = text.substr(kKeyPrefix.size());
    const std::size_t role_end = rest.find('_');
    if (role_end == rest.npos || !role_of(rest.substr(0, role_end))) return false;
    const std::string_view tail = rest.substr(role_end + 1);
    if (tail.size() != kRandomCharacters + 1 + kChecksumCharacters ||
        tail[kRandomCharacters] != '_') {
        return false;
    }
    const auto is_base62 = [](char c) { return kAlphabet.find(c) != kAlphabet.npos; };
    if (!std::ranges::all_of(tail.substr(0, kRandomCharacters), is_base62)) return false;
    const auto digits = checksum(text.substr(0, text.size() - kChecksumCharacters - 1));
    return text.substr(text.size() - kChecksumCharacters) ==
           std::string_view{digits.data(), digits.size()};
}

std::string shown_prefix(std::string_view key) {
    const std::size_t role_end = key.find('_', kKeyPrefix.size());
    return std::string{key.substr(0, role_end == key.npos ? 4 : role_end + 5)};
}

std::string_view name_of(Role role) noexcept {
    const auto* found = std::ranges::find(kRoles, role, &std::pair<Role, std::string_view>::first);
    return found != std::end(kRoles) ? found->second : "";
}

std::optional<Role> role_of(std::string_view name) noexcept {
    const auto* found = std::ranges::find(kRoles, name, &std::pair<Role, std::string_view>::second);
    return found != std::end(kRoles) ? std::optional{found->first} : std::nullopt;
}

}  // namespace attune::engine
