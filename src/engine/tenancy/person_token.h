// Person tokens: a signed slip (signed_claims.h) that lets one person, whose user id it adds, at their own data until it
// expires, and that nobody has to remember.
//
//     atp_<base64url of the claims>.<base64url of HMAC-SHA256>
//
// It adds to the claims: how many revocations of the tenant there had been u32 (token_revocations.h), who signed it (16
// bytes: KeyRecord::issuer, or nil), and the user id. Pure functions, thread-safe.
#pragma once

#include "base/id128.h"
#include "base/time.h"
#include "domain/tenant.h"
#include "engine/tenancy/signed_claims.h"

#include <optional>
#include <string>
#include <string_view>

namespace attune::engine {

inline constexpr std::string_view kTokenPrefix = "atp_";

struct PersonToken {
    domain::TenantId tenant;
    std::uint32_t epoch = 0;
    base::Time expires_at;
    std::uint32_t revocations = 0;
    base::Id128 issuer;  // nil: no key, but the program itself
    std::string user_id;
};

[[nodiscard]] std::string sign_token(const PersonToken& token, const HmacKey& key);

// What a token claims, and the parts its signature is checked with: nothing of it may be believed
// before verify_token.
struct ClaimedToken {
    PersonToken claims;
    Signature signature;
};
[[nodiscard]] std::optional<ClaimedToken> parse_token(std::string_view text);
[[nodiscard]] bool verify_token(const ClaimedToken& token, const HmacKey& key);

}  // namespace attune::engine
