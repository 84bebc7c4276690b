#include "engine/tenancy/person_token.h"

#include <cstddef>
#include <utility>

namespace attune::engine {
namespace {

constexpr std::size_t kCountBytes = 4;
constexpr std::size_t kIssuerBytes = 16;

std::string bytes_of(std::uint32_t count) {
    std::string bytes;
    for (int shift = 24; shift >= 0; shift -= 8)
        bytes += static_cast<char>(static_cast<std::uint8_t>(count >> shift));
    return bytes;
}

std::uint32_t count_of(std::string_view bytes) {
    std::uint32_t count = 0;
    for (const char byte : bytes) count = (count << 8) | static_cast<std::uint8_t>(byte);
    return count;
}

}  // namespace

std::string sign_token(const PersonToken& token, const HmacKey& key) {
    return sign_claims(
        kTokenPrefix,
        {.tenant = token.tenant,
         .epoch = token.epoch,
         .expires_at = token.expires_at,
         .rest = bytes_of(token.revocations).append(token.issuer.view()).append(token.user_id)},
        key);
}

std::optional<ClaimedToken> parse_token(std::string_view text) {
    auto read = read_claims(kTokenPrefix, text);
    if (!read || read->claims.rest.size() <= kCountBytes + kIssuerBytes) return std::nullopt;
    const std::string_view rest = read->claims.rest;
    return ClaimedToken{
        .claims = {.tenant = read->claims.tenant,
                   .epoch = read->claims.epoch,
                   .expires_at = read->claims.expires_at,
                   .revocations = count_of(rest.substr(0, kCountBytes)),
                   .issuer = *base::Id128::from_bytes(rest.substr(kCountBytes, kIssuerBytes)),
                   .user_id = std::string(rest.substr(kCountBytes + kIssuerBytes))},
        .signature = std::move(read->signature)};
}

bool verify_token(const ClaimedToken& token, const HmacKey& key) {
    return token.signature.verify(key);
}

}  // namespace attune::engine
