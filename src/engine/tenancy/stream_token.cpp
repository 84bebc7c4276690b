#include "engine/tenancy/stream_token.h"

#include <utility>

namespace attune::engine {

std::string sign_stream_token(const StreamToken& token, const HmacKey& key) {
    return sign_claims(
        kStreamTokenPrefix,
        {.tenant = token.tenant, .epoch = token.epoch, .expires_at = token.expires_at, .rest = {}},
        key);
}

std::optional<ClaimedStreamToken> ClaimedStreamToken::parse(std::string_view text) {
    auto read = read_claims(kStreamTokenPrefix, text);
    if (!read || !read->claims.rest.empty()) return std::nullopt;
    return ClaimedStreamToken{
        .claims = {read->claims.tenant, read->claims.epoch, read->claims.expires_at},
        .signature = std::move(read->signature)};
}

}  // namespace attune::engine
