#include "engine/tenancy/person_token.h"

#include "base/crypto.h"
#include "base/encoding.h"

namespace attune::engine {
namespace {

constexpr char kVersion = 1;
constexpr std::size_t kHeaderBytes = 1 + 4 + 4 + 8;

template <class T>
void put(std::string& out, T value) {
    for (std::size_t shift = sizeof(T) * 8; shift > 0; shift -= 8) {
        out += static_cast<char>(static_cast<std::uint8_t>(value >> (shift - 8)));
    }
}

template <class T>
T get(std::string_view& in) {
    T value = 0;
    for (std::size_t i = 0; i < sizeof(T); ++i) {
        value = static_cast<T>((value << 8) | static_cast<std::uint8_t>(in[i]));
    }
    in.remove_prefix(sizeof(T));
    return value;
}

}  // namespace

std::string sign_token(const PersonToken& token, const HmacKey& key) {
    std::string payload{kVersion};
    put<std::uint32_t>(payload, token.tenant.value);
    put<std::uint32_t>(payload, token.epoch);
    const auto expiry =
        std::chrono::floor<std::chrono::seconds>(token.expires_at.time_since_epoch());
    put<std::uint64_t>(payload, static_cast<std::uint64_t>(expiry.count()));
    payload += token.user_id;
    std::string text = std::string(kTokenPrefix) + base::to_base64url(payload);
    const base::Digest256 signature = key.sign(text);
    return text.append(".").append(base::to_base64url(base::view_of(signature)));
}

std::optional<ClaimedToken> parse_token(std::string_view text) {
    if (!text.starts_with(kTokenPrefix)) return std::nullopt;
    const std::size_t dot = text.find('.');
    if (dot == text.npos) return std::nullopt;
    const auto payload =
        base::from_base64url(text.substr(kTokenPrefix.size(), dot - kTokenPrefix.size()));
    auto signature = base::from_base64url(text.substr(dot + 1));
    if (!payload || !signature || payload->size() <= kHeaderBytes || payload->front() != kVersion) {
        return std::nullopt;
    }
    std::string_view rest = std::string_view(*payload).substr(1);
    ClaimedToken token{
        .claims = {}, .signed_part = text.substr(0, dot), .signature = *std::move(signature)};
    token.claims.tenant.value = get<std::uint32_t>(rest);
    token.claims.epoch = get<std::uint32_t>(rest);
    const auto expiry = get<std::uint64_t>(rest);
    // The last second of the year 9999: beyond it microseconds would overflow, and nobody signs
    // such a token.
    if (expiry > 253'402'300'799ull) return std::nullopt;
    token.claims.expires_at = base::Time(std::chrono::seconds(static_cast<std::int64_t>(expiry)));
    token.claims.user_id = rest;
    return token;
}

bool verify_token(const ClaimedToken& token, const HmacKey& key) {
    const base::Digest256 expected = key.sign(token.signed_part);
    return base::constant_time_equal(token.signature, base::view_of(expected));
}

}  // namespace attune::engine
