// ClientStream: a connection to a server, plain or TLS, with blocking calls that end at a timeout. Internal to the client.
#pragma once

#include "base/result.h"
#include "http/client.h"
#include "http/tls.h"

#include <openssl/types.h>
#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace attune::http {

struct ServerAddress {
    std::string host;  // without the brackets of an IPv6 address
    std::string port;
    std::string authority;  // as the Host header says it
    std::string prefix;     // of every target, without a trailing slash
    bool tls = false;
};

[[nodiscard]] Result<ServerAddress> parse_base_url(std::string_view url);

using ClientContext = std::shared_ptr<ssl_ctx_st>;

// What all TLS connections of a client share. Reading the system's certificates takes milliseconds, so it is made once.
[[nodiscard]] Result<ClientContext> make_client_context(const ClientOptions& options);

class ClientStream {
public:
    // Tries every address the name has. `context` is null for plain connections.
    [[nodiscard]] static Result<ClientStream> open(const ServerAddress& address,
                                                   const ClientOptions& options,
                                                   const ClientContext& context);
    ClientStream(ClientStream&& other) noexcept;
    ClientStream& operator=(ClientStream&&) = delete;
    ~ClientStream();

    [[nodiscard]] Result<void> write(std::string_view bytes);
    // Zero: the server has ended the connection.
    [[nodiscard]] Result<std::size_t> read(std::span<char> into);
    // Something has come, or the end, without waiting.
    [[nodiscard]] bool has_news() const;

private:
    ClientStream(int descriptor, std::chrono::milliseconds timeout)
        : descriptor_(descriptor), timeout_(timeout) {}

    [[nodiscard]] Result<void> start_tls(const ServerAddress& address, const ClientOptions& options,
                                         const ClientContext& context);
    // Waits as OpenSSL wants it after a call that returned `returned`; an error when nothing helps.
    [[nodiscard]] Result<void> continue_tls(int returned);
    [[nodiscard]] Result<void> wait(short events);

    int descriptor_;
    std::chrono::milliseconds timeout_;
    SslPtr ssl_;
};

}  // namespace attune::http
