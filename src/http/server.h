// Server: listens, speaks HTTP/1.1 (keep-alive, pipelining, chunked, gzip, TLS) and calls a Router's handlers.
// One acceptor and io_context a core (SO_REUSEPORT); a connection lives and dies on one of them.
//
//     http::Server server(options, std::move(router), clock);
//     ATTUNE_TRY_VOID(server.start());     // returns once it listens
//     server.drain(10s);                   // no new requests, running ones finish
#pragma once

#include "base/random.h"
#include "base/result.h"
#include "base/time.h"
#include "http/message.h"
#include "http/router.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace attune::http {

struct TlsOptions {
    std::string certificate_file;                     // PEM chain; empty: no TLS
    std::string key_file;                             // both are read again when they change
    std::chrono::milliseconds check_interval{2'000};  // for changes
};

struct ServerOptions {
    std::string address = "127.0.0.1";
    std::uint16_t port = 8080;  // 0: any free one, see Server::port()
    unsigned threads = 0;       // 0: one a core
    TlsOptions tls;

    std::size_t header_bytes_max = 16 * 1024;
    std::size_t header_count_max = 100;
    std::size_t target_bytes_max = 8 * 1024;
    std::size_t inflate_ratio_max = 100;
    std::size_t connections_max = 12'000;
    std::size_t connections_per_peer_max = 12'000;
    std::size_t requests_in_flight_max =
        4'096;  // waiting on tickets; over it: 503 with Retry-After
    std::chrono::milliseconds header_timeout{10'000};
    std::chrono::milliseconds body_timeout{30'000};  // between two pieces
    std::size_t body_bytes_per_second_min = 1'000;   // slower, after a grace of header_timeout: 408
    std::chrono::milliseconds idle_timeout{75'000};
    std::chrono::milliseconds write_timeout{30'000};
    std::chrono::milliseconds request_timeout{10'000};  // handler + ticket; over it: 504
    std::vector<std::string> cors_origins;              // "*" or exact origins
    std::vector<std::string> trusted_proxies;  // addresses whose X-Forwarded-For is believed
    std::size_t gzip_bytes_min = 1'400;        // answers smaller than this are not compressed

    // Renders an error as this API's clients expect it; the default is problem+json. The request may be half read:
    // its views are empty where nothing is known.
    std::function<Response(const Request&, const Error&)> render_error;
    // Called after each answer, on the connection's thread; must be cheap. For metrics and the access log.
    struct Exchange {
        const Request& request;
        const Route* route;  // null when nothing matched
        unsigned status;
        std::uint64_t bytes_in, bytes_out;
        std::chrono::nanoseconds took;
    };
    std::function<void(const Exchange&)> observe;
    // Told in a sentence when certificate files were loaded again, or could not be. For the log.
    std::function<void(std::string_view)> notice;
    base::Random* random =
        nullptr;  // where request ids start from; null: the operating system. Outlives the server
};

struct ServerStats {
    std::uint64_t connections_open = 0;
    std::uint64_t connections_total = 0;
    std::uint64_t connections_refused = 0;
    std::uint64_t requests_total = 0;
    std::uint64_t requests_in_flight = 0;
    std::uint64_t requests_shed = 0;
    std::uint64_t timeouts_total = 0;
};

class Server {
public:
    Server(ServerOptions options, Router router, const base::Clock& clock);
    ~Server();  // stops at once
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    [[nodiscard]] Result<void> start();
    [[nodiscard]] std::uint16_t port() const;
    [[nodiscard]] ServerStats stats() const;
    // Stops accepting, answers what is running with `Connection: close`, waits up to `patience`, then closes the rest.
    void drain(std::chrono::milliseconds patience);

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace attune::http
