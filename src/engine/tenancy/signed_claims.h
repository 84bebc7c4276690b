// What all signed slips of a tenant are made of: a prefix that says what it is for, claims, and a signature over both.
//
//     PREFIX_<base64url of the claims>.<base64url of HMAC-SHA256>
//     claims: version u8, tenant u32, epoch u32, expiry in Unix seconds u64, then what the kind adds
//
// Numbers are big-endian. The signature covers the bytes before the dot as they were sent, the prefix included, so that no
// kind can stand for another. Pure functions, thread-safe. Inside of engine/tenancy.
#pragma once

#include "base/time.h"
#include "domain/tenant.h"
#include "engine/tenancy/hmac_key.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace attune::engine {

struct SignedClaims {
    domain::TenantId tenant;
    std::uint32_t epoch = 0;
    base::Time expires_at;
    std::string rest;  // of its kind
};

[[nodiscard]] std::string sign_claims(std::string_view prefix, const SignedClaims& claims,
                                      const HmacKey& key);

// The parts that a signature is checked with: nothing claimed may be believed before that.
struct Signature {
    std::string_view signed_part;
    std::string bytes;

    [[nodiscard]] bool verify(const HmacKey& key) const;
};

struct ReadClaims {
    SignedClaims claims;
    Signature signature;
};
[[nodiscard]] std::optional<ReadClaims> read_claims(std::string_view prefix, std::string_view text);

}  // namespace attune::engine
