// Authenticator: whose request is this? Reads the key from `Authorization: Bearer KEY`, `X-API-Key: KEY`, or Basic with
// the key as user name, and asks the tenants. What it learned stays on the connection: the next request that
// carries the same bytes (compared in constant time) costs no hash, until a key or tenant changes, the key expires or a
// second has passed (so that the key's last use stays known), whichever comes first.
#pragma once

#include "base/result.h"
#include "base/time.h"
#include "engine/tenancy/tenants.h"
#include "http/message.h"

#include <optional>
#include <string>
#include <string_view>

namespace attune::api {

class Authenticator {
public:
    // Both outlive it. Thread-safe.
    Authenticator(const engine::Tenants& tenants, const base::Clock& clock)
        : tenants_(tenants), clock_(clock) {}

    // The caller, kept on the connection's slot or, where there is none, in `scratch`; valid until the next
    // call with the same slot or scratch. unauthenticated without a key, or with one that nobody has.
    [[nodiscard]] Result<const engine::Caller*> identify(const http::Request& request,
                                                         engine::Caller& scratch) const;
    // The same for a key that came another way.
    [[nodiscard]] Result<engine::Caller> identify(std::string_view key) const;

private:
    const engine::Tenants& tenants_;
    const base::Clock& clock_;
};

// The user name of `Basic base64(name:password)`, with or without the colon; empty when it is no Basic credential.
[[nodiscard]] std::optional<std::string> basic_user(std::string_view authorization);
// The token of `Bearer token`; empty when it is none.
[[nodiscard]] std::optional<std::string_view> bearer_token(std::string_view authorization);

}  // namespace attune::api
