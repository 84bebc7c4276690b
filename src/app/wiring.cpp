#include "app/wiring.h"

#include <charconv>

namespace attune::app {

namespace {

std::chrono::milliseconds milliseconds(std::uint64_t count) {
    return std::chrono::milliseconds(static_cast<std::int64_t>(count));
}

}  // namespace

bool ListenAddress::is_loopback() const { return host == "::1" || host.starts_with("127."); }

std::string ListenAddress::text(std::uint16_t bound) const {
    const bool v6 = host.find(':') != std::string::npos;
    return (v6 ? "[" + host + "]" : host) + ":" + std::to_string(bound);
}

Result<ListenAddress> parse_listen(std::string_view text) {
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos || colon == 0)
        return fail_field("listen", "must be HOST:PORT");
    std::string_view host = text.substr(0, colon);
    const std::string_view digits = text.substr(colon + 1);
    ListenAddress address;
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), address.port);
    if (error != std::errc{} || end != digits.data() + digits.size()) {
        return fail_field("listen", "must end in a port from 0 to 65535");
    }
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    address.host = host == "localhost" ? "127.0.0.1" : std::string(host);
    return address;
}

std::vector<Finding> examine_exposure(const Settings& settings) {
    std::vector<Finding> findings;
    const auto address = parse_listen(settings.listen);
    if (!address) {
        findings.push_back({true, address.error().message});
        return findings;
    }
    const bool tls = !settings.tls_cert.empty();
    if (tls != !settings.tls_key.empty())
        findings.push_back({true, "tls_cert and tls_key go together"});
    if (!address->is_loopback() && !tls) {
        findings.push_back(
            settings.insecure
                ? Finding{false, settings.listen +
                                     " is served without TLS: keys and personal data travel "
                                     "in the clear"}
                : Finding{true,
                          settings.listen +
                              " can be reached by others: set tls_cert and tls_key, or --insecure "
                              "behind a proxy that terminates TLS"});
    }
    if (!address->is_loopback() && settings.metrics_open) {
        findings.push_back(
            {false, "metrics_open shows /metrics to everybody who can reach " + settings.listen});
    }
    if (!address->is_loopback() && settings.demo) {
        findings.push_back(
            {false, "the demo is served to others: its key is in this terminal's history"});
    }
    if (settings.durability != "fsync") {
        findings.push_back({false, "durability is " + settings.durability +
                                       ": a power cut may cost acknowledged events"});
    }
    for (const auto& origin : settings.cors_origins) {
        if (origin == "*")
            findings.push_back(
                {false, "cors_origins has *: pages of any origin may use a key they hold"});
    }
    return findings;
}

Result<http::ServerOptions> server_options(const Settings& settings) {
    ATTUNE_TRY(auto address, parse_listen(settings.listen));
    http::ServerOptions options;
    options.address = std::move(address.host);
    options.port = address.port;
    options.threads = static_cast<unsigned>(settings.threads);
    options.tls = {.certificate_file = settings.tls_cert, .key_file = settings.tls_key};
    options.header_bytes_max = settings.header_bytes_max;
    options.inflate_ratio_max = settings.inflate_ratio_max;
    options.connections_max = settings.connections_max;
    options.connections_per_peer_max = settings.connections_per_peer_max;
    options.requests_in_flight_max = settings.requests_in_flight_max;
    options.header_timeout = milliseconds(settings.header_timeout_ms);
    options.body_timeout = milliseconds(settings.body_timeout_ms);
    options.body_bytes_per_second_min = settings.body_bytes_per_second_min;
    options.idle_timeout = milliseconds(settings.idle_timeout_ms);
    options.write_timeout = milliseconds(settings.write_timeout_ms);
    options.request_timeout = milliseconds(settings.request_timeout_ms);
    options.cors_origins = settings.cors_origins;
    options.trusted_proxies = settings.trusted_proxies;
    options.gzip_bytes_min = settings.gzip_bytes_min;
    return options;
}

api::ApiOptions api_options(const Settings& settings) {
    api::ApiOptions options;
    options.metrics_open = settings.metrics_open;
    options.docs_open = settings.docs_open;
    options.track_body_bytes_max = settings.track_body_bytes_max;
    options.line_bytes_max = settings.line_bytes_max;
    return options;
}

}  // namespace attune::app
