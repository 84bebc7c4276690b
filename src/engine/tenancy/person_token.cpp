#include "engine/tenancy/person_token.h"

#include <utility>

namespace attune::engine {

std::string sign_token(const PersonToken& token, const HmacKey& key) {
    return sign_claims(kTokenPrefix,
                       {.tenant = token.tenant,
                        .epoch = token.epoch,
                        .expires_at = token.expires_at,
                        .rest = token.user_id},
                       key);
}

std::optional<ClaimedToken> parse_token(std::string_view text) {
    auto read = read_claims(kTokenPrefix, text);
    if (!read || read->claims.rest.empty()) return std::nullopt;
    return ClaimedToken{.claims = {.tenant = read->claims.tenant,
                                   .epoch = read->claims.epoch,
                                   .expires_at = read->claims.expires_at,
                                   .user_id = std::move(read->claims.rest)},
                        .signature = std::move(read->signature)};
}

bool verify_token(const ClaimedToken& token, const HmacKey& key) {
    return token.signature.verify(key);
}

}  // namespace attune::engine
