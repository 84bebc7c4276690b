#include "http/origin.h"

#include "http/text.h"

#include <arpa/inet.h>
#include <cstring>

namespace attune::http {

CorsGrant grant_for(std::string_view origin, bool any_origin,
                    const std::vector<std::string>& allowed) {
    if (any_origin) return {"*", false};
    bool named = false;
    for (const std::string& entry : allowed) {
        if (entry == "*") return {"*", false};
        named = named || entry == origin;
    }
    // The answer depends on the origin as soon as there is a list, also when this one is not on it.
    return {named ? origin : std::string_view{}, !allowed.empty()};
}

Response preflight_answer(const Request& request, std::string allowed_methods) {
    Response response;
    response.status = 204;
    response.with("Access-Control-Allow-Methods", std::move(allowed_methods));
    response.with("Access-Control-Max-Age", "86400");
    const std::string_view asked = request.header("access-control-request-headers").value_or("");
    std::string headers;
    std::string_view rest = asked.substr(0, 1024);
    while (const auto name = next_element(rest)) {
        if (!is_token(*name)) continue;
        if (!headers.empty()) headers += ", ";
        headers += *name;
    }
    if (!headers.empty()) response.with("Access-Control-Allow-Headers", std::move(headers));
    return response;
}

bool parse_address(std::string_view text, AddressBytes& out) {
    char buffer[INET6_ADDRSTRLEN + 1];
    if (text.empty() || text.size() >= sizeof buffer) return false;
    std::memcpy(buffer, text.data(), text.size());
    buffer[text.size()] = '\0';
    if (::inet_pton(AF_INET6, buffer, out.data()) == 1) return true;
    out = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
    return ::inet_pton(AF_INET, buffer, out.data() + 12) == 1;
}

Result<TrustedProxies> TrustedProxies::make(const std::vector<std::string>& entries) {
    TrustedProxies proxies;
    for (const std::string& entry : entries) {
        const std::string_view text = entry;
        const std::size_t slash = text.find('/');
        Network network;
        const auto refuse = [&] {
            return fail(Code::invalid_argument,
                        "trusted proxy \"" + entry +
                            "\" is neither an address nor a network like 10.0.0.0/8");
        };
        if (!parse_address(text.substr(0, slash), network.address)) return refuse();
        if (slash != std::string_view::npos) {
            const bool v4 = text.substr(0, slash).find(':') == std::string_view::npos;
            const auto bits = parse_decimal(text.substr(slash + 1));
            if (!bits || *bits > (v4 ? 32U : 128U)) return refuse();
            network.bits = static_cast<unsigned>(*bits) + (v4 ? 96U : 0U);
        }
        proxies.networks_.push_back(network);
    }
    return proxies;
}

bool TrustedProxies::contains(std::string_view address) const {
    AddressBytes bytes;
    if (!parse_address(address, bytes)) return false;
    for (const Network& network : networks_) {
        const std::size_t whole = network.bits / 8;
        const unsigned rest = network.bits % 8;
        if (std::memcmp(bytes.data(), network.address.data(), whole) != 0) continue;
        if (rest == 0 || (bytes[whole] ^ network.address[whole]) >> (8U - rest) == 0) return true;
    }
    return false;
}

std::string_view TrustedProxies::client_of(const Request& request, std::string_view peer) const {
    if (networks_.empty() || !contains(peer)) return peer;
    std::string_view client = peer;
    // Several headers are one list, in their order; so the last header's last element is the nearest hop.
    for (auto header = request.headers.rbegin(); header != request.headers.rend(); ++header) {
        if (!equal_ignoring_case(header->name, "x-forwarded-for")) continue;
        std::string_view list = header->value;
        while (!list.empty()) {
            const std::size_t comma = list.rfind(',');
            const std::string_view hop =
                trimmed(comma == std::string_view::npos ? list : list.substr(comma + 1));
            list = comma == std::string_view::npos ? std::string_view{} : list.substr(0, comma);
            AddressBytes bytes;
            if (!parse_address(hop, bytes)) return client;
            client = hop;
            if (!contains(hop)) return client;
        }
    }
    return client;
}

}  // namespace attune::http
