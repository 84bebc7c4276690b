// Who is calling: cross-origin rules and the address behind a trusted proxy. Pure, made once from the options.
#pragma once

#include "base/result.h"
#include "http/message.h"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace attune::http {

// What to answer an Origin with. Keys travel in headers, never in cookies, so credentials are never allowed.
struct CorsGrant {
    std::string_view origin;  // empty: not allowed
    bool vary = false;
};
[[nodiscard]] CorsGrant grant_for(std::string_view origin, bool any_origin,
                                  const std::vector<std::string>& allowed);

// The answer to a preflight: 204 that says which methods and headers may come, for a day.
[[nodiscard]] Response preflight_answer(const Request& request, std::string allowed_methods);

// Sixteen bytes of an IPv6 address, IPv4 mapped into it.
using AddressBytes = std::array<std::uint8_t, 16>;
[[nodiscard]] bool parse_address(std::string_view text, AddressBytes& out);

// The addresses, or networks as "10.0.0.0/8", whose forwarding headers are believed.
class TrustedProxies {
public:
    [[nodiscard]] static Result<TrustedProxies> make(const std::vector<std::string>& entries);

    [[nodiscard]] bool empty() const { return networks_.empty(); }
    [[nodiscard]] bool contains(std::string_view address) const;
    // The nearest address in X-Forwarded-For that is none of ours, reading from the right; `peer` when there is none or
    // something there is no address.
    [[nodiscard]] std::string_view client_of(const Request& request, std::string_view peer) const;

private:
    struct Network {
        AddressBytes address{};
        unsigned bits = 128;
    };
    std::vector<Network> networks_;
};

}  // namespace attune::http
