// Stream tokens: a signed slip (signed_claims.h) that lets whoever has it hear that a tenant's flags changed, and nothing else. It stands in
// an address, because a browser's EventSource can send no header.
//
//     ats_<base64url of the claims>.<base64url of HMAC-SHA256>
//
// Raising the tenant's token epoch ends them together with person tokens. Pure functions, thread-safe.
#pragma once

#include "base/time.h"
#include "domain/tenant.h"
#include "engine/tenancy/signed_claims.h"

#include <optional>
#include <string>
#include <string_view>

namespace attune::engine {

inline constexpr std::string_view kStreamTokenPrefix = "ats_";

struct StreamToken {
    domain::TenantId tenant;
    std::uint32_t epoch = 0;
    base::Time expires_at;
};

[[nodiscard]] std::string sign_stream_token(const StreamToken& token, const HmacKey& key);

// Nothing of it may be believed before verify().
struct ClaimedStreamToken {
    StreamToken claims;
    Signature signature;

    [[nodiscard]] static std::optional<ClaimedStreamToken> parse(std::string_view text);
    [[nodiscard]] bool verify(const HmacKey& key) const { return signature.verify(key); }
};

}  // namespace attune::engine
