// Wiring: which setting becomes which option of the transport and the API.
#pragma once

#include "api/api.h"
#include "app/settings.h"
#include "base/result.h"
#include "http/server.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace attune::app {

struct ListenAddress {
    std::string host;  // an address, without brackets
    std::uint16_t port = 0;

    [[nodiscard]] bool is_loopback() const;
    // "127.0.0.1:8080", "[::1]:8080"
    [[nodiscard]] std::string text(std::uint16_t port) const;
};

// "HOST:PORT", "[V6]:PORT"; "localhost" is 127.0.0.1.
[[nodiscard]] Result<ListenAddress> parse_listen(std::string_view text);

// What stands against serving with these settings: every problem, empty when there is none. Nothing is opened.
struct Finding {
    bool fatal = false;  // the server does not start with it
    std::string text;
};
[[nodiscard]] std::vector<Finding> examine_exposure(const Settings& settings);

[[nodiscard]] Result<http::ServerOptions> server_options(const Settings& settings);
[[nodiscard]] api::ApiOptions api_options(const Settings& settings);

}  // namespace attune::app
