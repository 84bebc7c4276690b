#include "engine/tenancy/signed_claims.h"

#include "base/crypto.h"
#include "base/encoding.h"

#include <chrono>
#include <cstddef>
#include <utility>

namespace attune::engine {
namespace {

// 1 said neither who signed nor when, so that nothing but a whole tenant could be revoked.
constexpr char kVersion = 2;
constexpr std::size_t kHeaderBytes = 1 + 4 + 4 + 8;
// The last second of the year 9999: beyond it microseconds would overflow, and nobody signs such a token.
constexpr std::uint64_t kExpiryMax = 253'402'300'799;

template <class T>
void put_number(std::string& out, T value) {
    for (std::size_t shift = sizeof(T) * 8; shift > 0; shift -= 8) {
        out += static_cast<char>(static_cast<std::uint8_t>(value >> (shift - 8)));
    }
}

// From the front of `in`, which has that many bytes.
template <class T>
T take_number(std::string_view& in) {
    T value = 0;
    for (std::size_t i = 0; i < sizeof(T); ++i) {
        value = static_cast<T>((value << 8) | static_cast<std::uint8_t>(in[i]));
    }
    in.remove_prefix(sizeof(T));
    return value;
}

}  // namespace

std::string sign_claims(std::string_view prefix, const SignedClaims& claims, const HmacKey& key) {
    std::string payload{kVersion};
    put_number<std::uint32_t>(payload, claims.tenant.value);
    put_number<std::uint32_t>(payload, claims.epoch);
    const auto expiry =
        std::chrono::floor<std::chrono::seconds>(claims.expires_at.time_since_epoch());
    put_number<std::uint64_t>(payload, static_cast<std::uint64_t>(expiry.count()));
    payload += claims.rest;
    std::string text = std::string(prefix) + base::to_base64url(payload);
    const base::Digest256 signature = key.sign(text);
    return text.append(".").append(base::to_base64url(base::view_of(signature)));
}

std::optional<ReadClaims> read_claims(std::string_view prefix, std::string_view text) {
    if (!text.starts_with(prefix)) return std::nullopt;
    const std::size_t dot = text.find('.');
    if (dot == std::string_view::npos) return std::nullopt;
    const auto payload = base::from_base64url(text.substr(prefix.size(), dot - prefix.size()));
    auto signature = base::from_base64url(text.substr(dot + 1));
    if (!payload || !signature || payload->size() < kHeaderBytes || payload->front() != kVersion)
        return std::nullopt;
    std::string_view rest = std::string_view(*payload).substr(1);
    ReadClaims read{.claims = {}, .signature = {text.substr(0, dot), *std::move(signature)}};
    read.claims.tenant.value = take_number<std::uint32_t>(rest);
    read.claims.epoch = take_number<std::uint32_t>(rest);
    const auto expiry = take_number<std::uint64_t>(rest);
    if (expiry > kExpiryMax) return std::nullopt;
    read.claims.expires_at = base::Time(std::chrono::seconds(static_cast<std::int64_t>(expiry)));
    read.claims.rest = rest;
    return read;
}

bool Signature::verify(const HmacKey& key) const {
    const base::Digest256 expected = key.sign(signed_part);
    return base::constant_time_equal(bytes, base::view_of(expected));
}

}  // namespace attune::engine
