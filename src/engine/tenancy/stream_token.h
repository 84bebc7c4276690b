// Stream tokens: a signed slip that lets whoever has it hear that a tenant's flags changed, and nothing else. It stands in
// an address, because a browser's EventSource can send no header.
//
//     ats_<base64url of the claims>.<base64url of HMAC-SHA256>
//     claims: version u8, tenant u32, epoch u32, expiry in Unix seconds u64, big-endian
//
// The signature is made as a person token's is, over another prefix, so that neither can stand for the other; raising the
// tenant's token epoch ends both. Pure functions, thread-safe.
#pragma once

#include "base/time.h"
#include "domain/tenant.h"
#include "engine/tenancy/secrets.h"

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
    std::string_view signed_part;
    std::string signature;

    [[nodiscard]] static std::optional<ClaimedStreamToken> parse(std::string_view text);
    [[nodiscard]] bool verify(const HmacKey& key) const;
};

}  // namespace attune::engine
