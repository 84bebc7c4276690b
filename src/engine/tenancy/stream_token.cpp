#include "engine/tenancy/stream_token.h"

#include "base/crypto.h"
#include "base/encoding.h"
#include "engine/tenancy/token_bytes.h"

#include <chrono>

namespace attune::engine {
namespace {

constexpr char kVersion = 1;
constexpr std::size_t kPayloadBytes = 1 + 4 + 4 + 8;
// The last second of the year 9999: beyond it microseconds would overflow.
constexpr std::uint64_t kExpiryMax = 253'402'300'799;

}  // namespace

std::string sign_stream_token(const StreamToken& token, const HmacKey& key) {
    std::string payload{kVersion};
    put_number<std::uint32_t>(payload, token.tenant.value);
    put_number<std::uint32_t>(payload, token.epoch);
    const auto expiry =
        std::chrono::floor<std::chrono::seconds>(token.expires_at.time_since_epoch());
    put_number<std::uint64_t>(payload, static_cast<std::uint64_t>(expiry.count()));
    std::string text = std::string(kStreamTokenPrefix) + base::to_base64url(payload);
    const base::Digest256 signature = key.sign(text);
    return text.append(".").append(base::to_base64url(base::view_of(signature)));
}

std::optional<ClaimedStreamToken> ClaimedStreamToken::parse(std::string_view text) {
    if (!text.starts_with(kStreamTokenPrefix)) return std::nullopt;
    const std::size_t dot = text.find('.');
    if (dot == std::string_view::npos) return std::nullopt;
    const auto payload = base::from_base64url(
        text.substr(kStreamTokenPrefix.size(), dot - kStreamTokenPrefix.size()));
    auto signature = base::from_base64url(text.substr(dot + 1));
    if (!payload || !signature || payload->size() != kPayloadBytes || payload->front() != kVersion)
        return std::nullopt;
    std::string_view rest = std::string_view(*payload).substr(1);
    ClaimedStreamToken token{
        .claims = {}, .signed_part = text.substr(0, dot), .signature = *std::move(signature)};
    token.claims.tenant.value = take_number<std::uint32_t>(rest);
    token.claims.epoch = take_number<std::uint32_t>(rest);
    const auto expiry = take_number<std::uint64_t>(rest);
    if (expiry > kExpiryMax) return std::nullopt;
    token.claims.expires_at = base::Time(std::chrono::seconds(static_cast<std::int64_t>(expiry)));
    return token;
}

bool ClaimedStreamToken::verify(const HmacKey& key) const {
    const base::Digest256 expected = key.sign(signed_part);
    return base::constant_time_equal(signature, base::view_of(expected));
}

}  // namespace attune::engine
